"""What is said and written: scripts as the use cases see them, texts, what colleagues hear, amounts and times aloud."""
