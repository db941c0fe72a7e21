"""The talk of a call: its turns, what they teach and ask for, and what is recorded of it."""
