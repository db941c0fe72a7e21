"""The rules and facts of the domain. Standard library only: no clock, no await, no I/O."""
