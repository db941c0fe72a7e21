"""What guardians add: in how many cases they are asked, how many of them answer, and how soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.usecases.repositories.views import GuardianNumbers
from wakeup.usecases.unit import Unit


def read_guardian_numbers(unit: Unit, span: timedelta, now: datetime) -> GuardianNumbers:
    """Return the figures of the cases opened within `span` before now."""
    return unit.views.guardian_numbers(now - span)
