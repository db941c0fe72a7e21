"""What many verbs do on one case: its people and calls, its place in the queue, letters to its customer."""
