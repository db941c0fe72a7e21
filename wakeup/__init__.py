"""Wakeup phones people who are about to send money to a scammer, while the bank can still stop it."""
