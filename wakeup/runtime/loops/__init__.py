"""The loops that run as long as the service: each waits to be woken, does all that is due, and sets its timer."""
