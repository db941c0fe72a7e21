"""Script files: read them, merge their subscripts, check them and draw them.

The other tools of their authors are in `wakeup.workshop`, which no service imports.
"""
