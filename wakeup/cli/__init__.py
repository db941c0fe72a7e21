"""The commands and options of `wakeup`. What the commands do is in `commands`, imported when used."""
