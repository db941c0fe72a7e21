"""Numbers that want nothing more of ours, by channel. They are kept as keyed hashes: the list itself names nobody."""

from __future__ import annotations

from datetime import datetime

from wakeup.usecases.correspondence import Channel
from wakeup.usecases.unit import Unit


def keep_off(unit: Unit, number: str, channel: Channel, why: str, now: datetime) -> bool:
    """Nothing more to this number. False if it stood on the list before."""
    return unit.do_not_call.add(unit.index("number", number), channel, why, now)


def let_on(unit: Unit, number: str, channel: Channel) -> None:
    """Its owner changed their mind."""
    unit.do_not_call.remove(unit.index("number", number), channel)


def kept_off(unit: Unit, number: str) -> tuple[Channel, ...]:
    """By which channels this number wants nothing."""
    index = unit.index("number", number)
    return tuple(channel for channel in Channel if unit.do_not_call.holds(index, channel))
