"""Days of several nodes in virtual time, in one thread, with everything going wrong that can: the same for one seed.

It stands above the runtime: it composes our services with the strangers of `wakeup.simulator`, and nothing imports it.
"""
