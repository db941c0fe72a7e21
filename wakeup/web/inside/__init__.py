"""The inside listener: health, metrics and the description, for operators."""
