"""How often somebody may try to sign in, on whichever node. An address is slowed down, and an address at a name; never
a name alone, or anybody could lock a supervisor out."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.usecases.repositories.sign_in import FailedTry
from wakeup.usecases.unit import Unit

PER_ADDRESS, PER_NAME = 30, 5
"""Within the time a try counts."""
REMEMBERED = timedelta(minutes=30)
"""The longest that any try counts, an agent's digits on the phone among them: all are kept in one place."""


def take_try(unit: Unit, address: str, name: str, counts_for: timedelta, now: datetime) -> str | None:
    """A try, written down before it is made: several at once do not slip through. None when they must wait."""
    since = now - counts_for
    keys = {
        unit.index("sign_in_address", address): PER_ADDRESS,
        unit.index("sign_in_name", f"{address}\0{name}"): PER_NAME,
    }
    if any(unit.entry.tries(key, since) >= most for key, most in keys.items()):
        return None
    unit.entry.prune(now - max(counts_for, REMEMBERED))
    made = unit.ids.new("try")
    for key in keys:
        unit.entry.add_try(FailedTry(id=made, key=key, at=now))
    return made
