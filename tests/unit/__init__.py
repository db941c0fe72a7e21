"""Stories about rules and single use cases: no network, no threads, no clock."""
