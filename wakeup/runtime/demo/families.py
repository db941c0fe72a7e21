"""What guardians did in a demo, from the strangers' ledgers: who was asked, which payments turned on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WORRIED = "guardian_worried"
Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """The end of the story, in four figures."""

    asked: int = 0
    """Guardians who were sent a text."""
    answered: int = 0
    """Those of them who wrote back."""
    held: tuple[str, ...] = ()
    """Transfers on hold because a guardian is worried."""
    against: tuple[str, ...] = ()
    """Those of them about which the customer had said something else on the phone: their own answer did not stand."""


def families(guardians: Iterable[str], texts: Iterable[Fact], decisions: Iterable[Fact]) -> Families:
    """`guardians`: their numbers, as the bank knows them. `texts` and `decisions` come from the ledgers, in order."""
    numbers, texts = set(guardians), list(texts)
    asked = {row["to"] for row in texts if row["fact"] == "message_created"} & numbers
    answered = {row["from_"] for row in texts if row["fact"] == "message_inbound"} & asked
    newest = {row["transfer"]: row for row in decisions}
    held = sorted(name for name, row in newest.items() if row.get("reason") == WORRIED)
    against = [name for name in held if newest[name].get("rests_on", 0) > 1]
    return Families(asked=len(asked), answered=len(answered), held=tuple(held), against=tuple(against))


def told(found: Families) -> str:
    """One or two sentences for the end of a demo."""
    said = f"Guardians: {found.asked} asked by text, {found.answered} answered"
    if not found.held:
        return f"{said}; nothing turned on it this time."
    names = ", ".join(
        name + (" (against the customer's own word)" if name in found.against else "") for name in found.held
    )
    return f"{said}; on hold because one of them is worried: {names}."
