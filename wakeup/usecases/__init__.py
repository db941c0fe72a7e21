"""One verb a module, one transaction a function: plain synchronous functions of (unit of work, input, now).

Here lies what every room stands on: the unit of work, the case file, plain records, and what is asked of the outside.
"""
