"""Decide whether a phone may ring now, from which of our numbers, and how many calls may start per second."""
