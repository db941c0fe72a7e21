"""How long due work has waited, and how much is not tried any more. This shows sooner than anything else whether
customers are protected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.usecases.unit import Unit

OVERDUE = timedelta(seconds=30)
"""A transfer that has waited longer to be decided is not just busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Age of the oldest item of each kind, zero if there is none; and the number of dead messages."""

    message_due: timedelta
    """Since the first try, or the next one, of a message to the payment core was due."""
    decision_late: timedelta
    """Since a decision should have arrived at the payment core that has not arrived."""
    call_due: timedelta
    """Since a call was due that was not made."""
    dead: int
    """Messages to the payment core that are not tried any more, until they are replayed or superseded."""
    undecided: timedelta
    """Since a decision on a transfer was due that was not made: the first one, or the end of its hold."""
    overdue: int
    """How many such transfers have waited longer than `OVERDUE`. One that can never be decided hides all others in
    `undecided`, and here it does not."""


def read_ages(unit: Unit, now: datetime) -> Ages:
    """Return the ages. Each is read from the first row of an index over what is due; what is dead or overdue is
    counted along one."""
    return Ages(
        message_due=_since(unit.outbox.next_due(), now),
        decision_late=_since(unit.outbox.most_late(), now),
        call_due=_since(unit.waiting.oldest_due(), now),
        dead=unit.outbox.dead(),
        undecided=_since(next((at for _, at in unit.transfers.cases_due(now, 1)), None), now),
        overdue=unit.transfers.undecided_since(now - OVERDUE),
    )


def _since(at: datetime | None, now: datetime) -> timedelta:
    return timedelta() if at is None else max(now - at, timedelta())
