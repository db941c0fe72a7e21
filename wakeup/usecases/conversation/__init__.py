"""The conversation of a call: its turns, what they teach and ask for, and its recordings."""
