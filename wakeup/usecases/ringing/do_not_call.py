"""Numbers that want no more calls or SMS from us, by channel. They are stored as keyed hashes, so the list itself
names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.errors import ConflictError
from wakeup.domain.staff import Right, StaffId
from wakeup.usecases.acting import Actor, acting
from wakeup.usecases.repositories.texts import Channel, KeptOff
from wakeup.usecases.unit import Unit

MAX_SHOWN = 200
SHORT = 16
"""Number of characters of a hash that is enough for a human to tell two numbers apart."""


class Why(StrEnum):
    """The reason a staff member gives for putting a number on the list, or taking it off."""

    ASKED_BY_PHONE = "asked_by_phone"
    ASKED_IN_BRANCH = "asked_in_branch"
    ASKED_IN_WRITING = "asked_in_writing"
    WRONG_NUMBER = "wrong_number"
    CHANGED_THEIR_MIND = "changed_their_mind"
    PUT_ON_BY_MISTAKE = "put_on_by_mistake"


TO_PUT_ON = (Why.ASKED_BY_PHONE, Why.ASKED_IN_BRANCH, Why.ASKED_IN_WRITING, Why.WRONG_NUMBER)
TO_TAKE_OFF = (Why.CHANGED_THEIR_MIND, Why.PUT_ON_BY_MISTAKE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoNotCallList:
    newest: tuple[KeptOff, ...]
    total: int


def block(
    unit: Unit, number: str, channels: Sequence[Channel], why: Why, by: Actor, now: datetime
) -> tuple[Channel, ...]:
    """Put a number on the list. Returns the channels for which it was not on the list yet."""
    index = unit.index("number", number)
    new = tuple(channel for channel in channels if unit.do_not_call.add(index, channel, why.value, now))
    if new:
        unit.admin.add(
            "put_on_do_not_call", by.name, now, staff=by.staff_id, number=index[:SHORT], channels=new, why=why.value
        )
    return new


def unblock(unit: Unit, number_index: str, channel: Channel, by: Actor, now: datetime, why: Why | None = None) -> bool:
    """Take a number off the list because its owner changed their mind. Returns False if it was not on the list."""
    if not unit.do_not_call.remove(number_index, channel):
        return False
    unit.admin.add(
        "taken_off_do_not_call", by.name, now, staff=by.staff_id, number=number_index[:SHORT], channel=channel.value,
        why=None if why is None else why.value,
    )  # fmt: skip
    return True


def blocked_channels(unit: Unit, number: str) -> tuple[Channel, ...]:
    """Return the channels for which this number is on the list."""
    index = unit.index("number", number)
    return tuple(channel for channel in Channel if unit.do_not_call.holds(index, channel))


def read_list(unit: Unit) -> DoNotCallList:
    return DoNotCallList(newest=tuple(unit.do_not_call.listed(MAX_SHOWN)), total=unit.do_not_call.count())


def put_on_list(
    unit: Unit, by: StaffId, number: str, channels: Sequence[Channel], why: Why | None, now: datetime
) -> None:
    """Put a number on the list on behalf of a staff member at the console. Raises ConflictError naming the field
    at fault."""
    who = acting(unit, by, Right.KEEP_OFF)
    if why not in TO_PUT_ON:
        raise ConflictError("why", "choose a reason")
    if not channels:
        raise ConflictError("channel", "choose at least one")
    if not block(unit, number, channels, why, Actor(name=who.name, staff_id=who.id), now):
        raise ConflictError("phone", "this number is on the list already")


def remove_from_list(
    unit: Unit, by: StaffId, number_index: str, channel: Channel | None, why: Why | None, now: datetime
) -> None:
    """Take a number off the list on behalf of a staff member at the console. Raises ConflictError naming the field
    at fault."""
    who = acting(unit, by, Right.KEEP_OFF)
    if why not in TO_TAKE_OFF:
        raise ConflictError("off", "choose a reason")
    if channel is None or not unblock(unit, number_index, channel, Actor(name=who.name, staff_id=who.id), now, why):
        raise ConflictError("off", "this number is not on the list")
