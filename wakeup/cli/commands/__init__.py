"""The commands and their options, a module for each command or group. Each prints for people, or one JSON object with
`--json`."""
