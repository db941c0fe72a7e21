"""Guardians' answers, by SMS or phone, and what they start: evidence, a timer, or the next guardian."""
