"""The judge's invariants, by subject."""
