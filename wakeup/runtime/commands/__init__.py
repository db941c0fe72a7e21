"""The command line, a module a command. Each prints for people, or one JSON object with `--json`."""
