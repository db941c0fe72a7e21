"""A file as a feed of risk events: read, mapped, checked, and sent through the same signed door as the bank's own."""
