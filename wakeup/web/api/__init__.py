"""The risk API: what the bank's machines send and query (`/v1`)."""
