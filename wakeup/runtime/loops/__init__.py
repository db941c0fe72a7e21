"""What runs for as long as the service does: each loop waits to be woken, does all that is due, and sets its alarm."""
