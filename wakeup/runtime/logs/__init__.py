"""The log: how it is set up, what it must not show, and the thread that writes it."""
