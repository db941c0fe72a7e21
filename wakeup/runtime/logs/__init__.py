"""The log: its set-up, the masking of personal data, and the thread that writes it."""
