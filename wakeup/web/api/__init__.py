"""The risk API: what the bank's machines send and ask (`/v1`)."""
