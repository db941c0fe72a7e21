"""The description of every route, built from the models that do the work."""
