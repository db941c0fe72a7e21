"""Lint for scripts: faults beyond those that stop the service. Each rule is a pure function of one script."""
