"""The composition root: settings, clock, scheduler, loops, logging. All of it is for a running service."""
