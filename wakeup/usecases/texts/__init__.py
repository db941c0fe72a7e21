"""Text messages: sent at most once, their receipts, and what is written back."""
