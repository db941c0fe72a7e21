"""Numbers that want nothing more of ours, by channel. They are kept as keyed hashes: the list itself names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.errors import ConflictError
from wakeup.domain.staff import Right, StaffId, demand
from wakeup.usecases.correspondence import Channel, KeptOff
from wakeup.usecases.unit import Unit

MOST_SHOWN = 200
SHORT = 16
"""So much of a hash tells two numbers apart for people."""


class Why(StrEnum):
    """Why somebody at the console put a number on the list, or took it off."""

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


def read_list(unit: Unit) -> DoNotCallList:
    return DoNotCallList(newest=tuple(unit.do_not_call.listed(MOST_SHOWN)), total=unit.do_not_call.count())


def put_on_list(
    unit: Unit, by: StaffId, number: str, channels: Sequence[Channel], why: Why | None, now: datetime
) -> None:
    """Somebody at the console writes down what they were told. Raises ConflictError naming the field at fault."""
    who = unit.staff.get(by)
    demand(who, Right.KEEP_OFF)
    if why not in TO_PUT_ON:
        raise ConflictError("why", "choose a reason")
    if not channels:
        raise ConflictError("channel", "choose at least one")
    new = [channel for channel in channels if keep_off(unit, number, channel, why.value, now)]
    if not new:
        raise ConflictError("phone", "this number stands on the list already")
    index = unit.index("number", number)[:SHORT]
    unit.admin.add("put_on_do_not_call", who.name, now, staff=who.id, number=index, channels=tuple(new), why=why.value)


def take_off_list(
    unit: Unit, by: StaffId, number_index: str, channel: Channel | None, why: Why | None, now: datetime
) -> None:
    """Raises ConflictError naming the field at fault."""
    who = unit.staff.get(by)
    demand(who, Right.KEEP_OFF)
    if why not in TO_TAKE_OFF:
        raise ConflictError("off", "choose a reason")
    if channel is None or not unit.do_not_call.remove(number_index, channel):
        raise ConflictError("off", "this number does not stand on the list")
    unit.admin.add(
        "taken_off_do_not_call", who.name, now, staff=who.id, number=number_index[:SHORT], channel=channel.value,
        why=why.value,
    )  # fmt: skip
