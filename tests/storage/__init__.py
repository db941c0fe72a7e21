"""Storage tests: one suite, every database."""
