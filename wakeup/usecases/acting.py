"""The author of an act: an account of the console that has the right to it, or a command."""

from __future__ import annotations

from dataclasses import dataclass

from wakeup.domain.staff import Right, Staff, StaffId, demand
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The author whom the administration log names."""

    name: str
    staff_id: StaffId | None = None
    """The account of the console; None for a command."""


def acting(unit: Unit, by: StaffId, right: Right) -> Staff:
    """Return the account that acts, after checking its right. Raises ForbiddenError."""
    who = unit.staff.get(by)
    demand(who, right)
    return who
