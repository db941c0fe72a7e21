"""Read-only queries of the bank: whether a call is ours, what was decided, and what was decided since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wakeup.domain.attempt import AttemptState
from wakeup.domain.decision import Decision
from wakeup.domain.ids import CustomerId, TransferId
from wakeup.domain.transfer import TransferState
from wakeup.usecases.unit import Unit

CLOSED_BY_BANK = frozenset({TransferState.CANCELLED, TransferState.RELEASED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStatus:
    """What the bank's app may show to its customer during our call."""

    calling: bool
    answered: bool
    call_code: str | None = field(default=None, repr=False)
    """Set only after the callee has answered, until our last words."""
    started_at: datetime | None = None


def call_status(unit: Unit, customer_id: CustomerId) -> CallStatus:
    """Return whether we are calling this customer, or talking to them, at this moment."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The newest decision about a transfer. `closed` is its state once the bank has said that it is over."""

    decision: Decision
    closed: TransferState | None = None


def decision_in_force(unit: Unit, transfer_id: TransferId) -> InForce | None:
    """Return the newest decision, or None if the transfer is unknown."""
    newest, transfer = unit.decisions.newest(transfer_id), unit.transfers.get(transfer_id)
    if newest is None or transfer is None:
        return None
    return InForce(decision=newest, closed=transfer.state if transfer.state in CLOSED_BY_BANK else None)


def decisions_after(unit: Unit, position: int, limit: int) -> Sequence[tuple[int, Decision]]:
    """Return the feed: every decision once, in one order: nothing is ever inserted before the reader's cursor."""
    return unit.decisions.after(position, limit)
