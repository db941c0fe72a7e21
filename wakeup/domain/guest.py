"""A guardian in a talk between a customer and one of our people: rung for it, let in by a key, free to leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.ids import AttemptId, CaseId, CustomerId, PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One call to a guardian for one talk. Times are aware UTC."""

    attempt_id: AttemptId
    """The call that rings them."""
    case_id: CaseId
    customer_id: CustomerId
    party_id: PartyId
    wait: AttemptId
    """The customer's call, and below its turn: together they name the hand-over."""
    n: int
    by: str
    """The agent whom the customer told that they agree."""
    asked_at: datetime
    entered_at: datetime | None = None
    ended_at: datetime | None = None
