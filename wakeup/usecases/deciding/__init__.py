"""Decisions: settled, overruled by people, released in bulk, and delivered to the payment core."""
