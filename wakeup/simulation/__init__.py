"""Simulate days of several nodes in virtual time, in one thread, with every fault that can occur. The same seed
gives the same day.

The package is above the runtime: it composes our services with the simulators of `wakeup.simulator`. Only the command
`wakeup simulate` imports it.
"""
