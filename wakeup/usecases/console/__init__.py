"""What the console shows, and its door."""
