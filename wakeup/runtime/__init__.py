"""The composition root: settings, clock, scheduler, logging, metrics, command line."""
