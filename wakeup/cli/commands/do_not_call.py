"""`wakeup do-not-call add|remove|check`. The number is prompted for, because arguments are visible in process lists."""

from __future__ import annotations

from datetime import datetime

from wakeup.bank.phone_numbers import look_up
from wakeup.cli.commands.shared import BY, asked_for, fail, say
from wakeup.cli.commands.with_store import run_in_store
from wakeup.usecases.acting import Actor
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing import do_not_call
from wakeup.usecases.unit import Unit

COMMAND = Actor(name=BY)
MAX_WHY = 200


def add(channel: str, why: str, *, as_json: bool) -> None:
    """Block a number on a channel. The reason has 1 to `MAX_WHY` characters."""
    if not 0 < len(why.strip()) <= MAX_WHY:
        fail(f"--why: must have 1 to {MAX_WHY} characters")
    by, number = _channel(channel), _number()
    new = run_in_store(
        lambda store, infra: store.run(do_not_call.block, number, (by,), why, COMMAND, infra.clock.now())
    )
    say({"channel": by.value, "new": bool(new)}, "added" if new else "already on the list", as_json=as_json)


def remove(channel: str, *, as_json: bool) -> None:
    """Unblock a number on a channel."""
    by, number = _channel(channel), _number()

    def let_on(unit: Unit, now: datetime) -> bool:
        return do_not_call.unblock(unit, unit.index("number", number), by, COMMAND, now)

    stood = run_in_store(lambda store, infra: store.run(let_on, infra.clock.now()))
    say({"channel": by.value, "stood": stood}, "removed" if stood else "was not on the list", as_json=as_json)


def check(*, as_json: bool) -> None:
    """Print the channels on which a number is blocked."""
    number = _number()
    found = [
        channel.value for channel in run_in_store(lambda store, _: store.read(do_not_call.blocked_channels, number))
    ]
    say({"channels": found}, ", ".join(found) or "not on the list", as_json=as_json)


def _channel(text: str) -> Channel:
    if text not in set(Channel):
        fail(f"unknown channel; must be one of {', '.join(Channel)}")
    return Channel(text)


def _number() -> str:
    number = asked_for("number")
    if look_up(number) is None:
        fail("not a valid number; write it as +6591234567")
    return number
