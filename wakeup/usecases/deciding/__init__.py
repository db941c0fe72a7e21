"""Decisions: settled automatically, overruled by staff, released in bulk, and delivered to the payment core."""
