"""Sum up what guardians did in a demo, from the simulators' ledgers: who was asked, and which payments were held
for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WORRIED = "guardian_worried"
WHOLE_TALK = 7
"""Keys pressed in a complete conversation: whose phone, the code, whose payment, three questions, and what to do
with the payment."""
Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """What guardians did, in four figures."""

    asked: int = 0
    """Guardians who were sent an SMS."""
    answered: int = 0
    """Guardians among them who replied."""
    held: tuple[str, ...] = ()
    """Transfers on hold because a guardian is worried."""
    spoken: tuple[str, ...] = ()
    """Transfers among them whose customer had answered every question on the phone."""


def families(
    customers: Mapping[str, str], guardians: Iterable[str], phone: Iterable[Fact], core: Iterable[Fact]
) -> Families:
    """Sum up a demo.

    `customers` (transfer to number) and `guardians` (numbers) are what the bank knows; `phone` and `core` are the
    facts of the ledgers, in order.
    """
    numbers, phone = set(guardians), list(phone)
    asked = {row["to"] for row in phone if row["fact"] == "message_created"} & numbers
    answered = {row["from_"] for row in phone if row["fact"] == "message_inbound"} & asked
    newest = {row["transfer"]: row.get("reason") for row in core}
    held = sorted(name for name, reason in newest.items() if reason == WORRIED)
    talked = _talked_to(phone)
    spoken = [name for name in held if customers.get(name) in talked]
    return Families(asked=len(asked), answered=len(answered), held=tuple(held), spoken=tuple(spoken))


def _talked_to(phone: Iterable[Fact]) -> set[str]:
    """Return the numbers on which as many keys were pressed in one call as answering every question takes."""
    number_of: dict[str, str] = {}
    keys: Counter[str] = Counter()
    for row in phone:
        if row["fact"] == "created":
            number_of[row["call"]] = row["to"]
        elif row["fact"] == "pressed":
            keys[row["call"]] += 1
    return {number_of[call] for call, pressed in keys.items() if pressed >= WHOLE_TALK and call in number_of}


def told(found: Families) -> str:
    """Return the sentence for the end of a demo."""
    said = f"Guardians: {found.asked} asked by text, {found.answered} answered"
    if not found.held:
        return f"{said}; no decision depended on it this time."
    names = ", ".join(name + ("*" if name in found.spoken else "") for name in found.held)
    star = " (* though the customer had answered every question)" if found.spoken else ""
    return f"{said}; on hold because a guardian is worried: {names}{star}."
