"""The way through a script as a picture: one page, no network, no library. Knows scripts, and counts if given."""
