"""What the bank sends: risk events, news of their transfers, and queries."""
