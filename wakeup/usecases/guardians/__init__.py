"""Guardians: enrolled, invited, chosen, and asked by SMS."""
