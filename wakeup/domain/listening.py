"""A supervisor on a talk between a customer and one of our people: heard by nobody, by the agent, or by all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.staff import StaffId


class ListenMode(StrEnum):
    LISTEN = "listen"
    """Nobody hears them."""
    WHISPER = "whisper"
    """The agent alone hears them."""
    BARGE = "barge"
    """Everybody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One call to a supervisor for one talk. Times are aware UTC."""

    attempt_id: AttemptId
    """The call that rings them."""
    case_id: CaseId
    customer_id: CustomerId
    wait: AttemptId
    """The customer's call, and below its turn: together they name the hand-over."""
    n: int
    staff_id: StaffId
    name: str
    way: ListenMode
    served: ListenMode | None = None
    """How they were let into the room last."""
    asked_at: datetime
    entered_at: datetime | None = None
    ended_at: datetime | None = None
