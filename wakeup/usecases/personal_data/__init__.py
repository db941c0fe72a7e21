"""Personal data of customers: erasure, export, legal hold, and re-wrapping under newer keys."""
