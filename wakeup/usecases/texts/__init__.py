"""SMS: sent at most once, their receipts, and the replies."""
