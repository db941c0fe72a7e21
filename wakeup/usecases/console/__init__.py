"""Views of the console, and its sign-in."""
