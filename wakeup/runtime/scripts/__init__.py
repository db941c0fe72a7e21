"""Script files: read them, merge their subscripts, check them and show them."""
