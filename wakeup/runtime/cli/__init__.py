"""The command line: what there is to say to `wakeup`. What is then done is in `commands`."""
