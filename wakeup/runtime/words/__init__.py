"""What is said and written: scripts as the use cases see them, SMS templates, fixed sentences, spoken amounts and
times."""
