"""The inside listener: health, metrics, the API description and the console, for operators."""
