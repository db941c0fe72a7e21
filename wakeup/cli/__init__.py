"""The command line: `wakeup` and its commands, each in a module of `commands` that is imported when it is used."""
