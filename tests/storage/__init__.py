"""Storage tests: one suite for both databases."""
