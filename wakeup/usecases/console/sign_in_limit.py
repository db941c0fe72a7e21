"""Rate limits of sign-in tries, shared by all nodes.

An address is slowed down, and so is an address for a name; never a name alone, because then anybody could lock a
supervisor out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.usecases.repositories.sign_in import FailedTry
from wakeup.usecases.unit import Unit

PER_ADDRESS, PER_NAME = 30, 5
"""Maximum number of tries within the time a try counts."""
REMEMBERED = timedelta(minutes=30)
"""The longest time for which any try counts, including an agent's PIN on the phone: all tries are stored in one
table."""


def take_try(unit: Unit, address: str, name: str, counts_for: timedelta, now: datetime) -> str | None:
    """Record a try before it is made, so that several at once cannot slip through. Returns its id, or None when the
    caller must wait."""
    since = now - counts_for
    keys = {
        unit.index("sign_in_address", address): PER_ADDRESS,
        unit.index("sign_in_name", f"{address}\0{name}"): PER_NAME,
    }
    if any(unit.sign_ins.tries(key, since) >= most for key, most in keys.items()):
        return None
    unit.sign_ins.prune(now - max(counts_for, REMEMBERED))
    made = unit.ids.new("try")
    for key in keys:
        unit.sign_ins.add_try(FailedTry(id=made, key=key, at=now))
    return made
