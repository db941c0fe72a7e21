"""The ladder of a case: when its next rung is due, and what each rung begins."""
