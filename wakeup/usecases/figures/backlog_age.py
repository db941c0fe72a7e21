"""How long what is due has waited: whether anybody is protected shows in nothing else so soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Of the oldest of each kind; nothing when there is none."""

    message_due: timedelta
    """Since a message to the payment core should have been sent, or sent again."""
    decision_late: timedelta
    """Since a decision should have arrived there that has not."""
    call_due: timedelta
    """Since somebody should have been rung who was not."""


def read_ages(unit: Unit, now: datetime) -> Ages:
    """Each is the first row of an index over what is due."""
    return Ages(
        message_due=_since(unit.outbox.next_due(), now),
        decision_late=_since(unit.outbox.most_late(), now),
        call_due=_since(unit.waiting.oldest_due(), now),
    )


def _since(at: datetime | None, now: datetime) -> timedelta:
    return timedelta() if at is None else max(now - at, timedelta())
