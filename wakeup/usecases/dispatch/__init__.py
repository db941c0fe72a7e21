"""Take a due attempt to a call and to its end: plan, claim, intent, placement, progress, reconciliation."""
