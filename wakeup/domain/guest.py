"""A guest: a guardian who joins a talk between a customer and an agent. They are rung, join by key, and may leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.ids import AttemptId, CaseId, CustomerId, PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One call to a guardian to join one talk. Times are aware UTC."""

    attempt_id: AttemptId
    """The call to the guardian."""
    case_id: CaseId
    customer_id: CustomerId
    party_id: PartyId
    wait: AttemptId
    """The customer's call; with `n`, its turn, it identifies the hand-over."""
    n: int
    by: str
    """The agent to whom the customer agreed."""
    asked_at: datetime
    entered_at: datetime | None = None
    ended_at: datetime | None = None
