"""Settings: TOML files, then the environment; every fault is a line people can act on."""
