"""The supervisors' console: server-rendered pages on the inside listener, under `/console`."""
