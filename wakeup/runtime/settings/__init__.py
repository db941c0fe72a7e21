"""Settings, from TOML files and then the environment. Every fault is reported as one line that says what to correct."""
