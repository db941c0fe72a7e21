"""Stories about rules and single use cases, without network, threads or a real clock."""
