"""Use cases: one verb per module, one transaction per function.

A use case is a plain synchronous function of (unit of work, input, now). The modules directly in this package are
what the sub-packages build on: the unit of work, the case file, plain records, and the protocols of the outside
systems.
"""
