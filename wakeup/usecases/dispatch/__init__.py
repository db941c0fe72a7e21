"""From a due attempt to a call and its end: plan, claim, intent, placement, progress, reconciliation."""
