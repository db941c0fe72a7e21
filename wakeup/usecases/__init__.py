"""One verb a module, one transaction a function: plain synchronous functions of (unit of work, input, now)."""
