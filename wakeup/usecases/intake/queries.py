"""Questions from outside that change nothing: is this call really ours, what is decided, what came after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wakeup.domain.attempt import AttemptState
from wakeup.domain.decision import Decision
from wakeup.domain.ids import CustomerId, TransferId
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStatus:
    """What the bank's app may show its customer while we ring or talk."""

    calling: bool
    answered: bool
    call_code: str | None = field(default=None, repr=False)
    """Only while the call runs."""
    started_at: datetime | None = None


def call_status(unit: Unit, customer_id: CustomerId) -> CallStatus:
    """Are we on the phone with this customer, right now?"""
    attempt = unit.attempts.live_of_customer(customer_id)
    if attempt is None:
        return CallStatus(calling=False, answered=False)
    answered = attempt.state is AttemptState.ANSWERED
    return CallStatus(
        calling=True,
        answered=answered,
        call_code=attempt.call_code if answered else None,
        started_at=attempt.intent_at,
    )


def newest_decision(unit: Unit, transfer_id: TransferId) -> Decision | None:
    """The decision in force."""
    return unit.decisions.newest(transfer_id)


def decisions_after(unit: Unit, position: int, limit: int) -> Sequence[tuple[int, Decision]]:
    """The feed: every decision once, in an order that never changes behind the reader's cursor."""
    return unit.decisions.after(position, limit)
