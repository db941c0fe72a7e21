"""Rules and facts of the mission: standard library only, no clock, no await, no I/O."""
