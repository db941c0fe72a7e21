"""The commands of the command line, one module each. Each prints for people, or one JSON object with `--json`."""
