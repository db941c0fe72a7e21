"""A supervisor on a talk between a customer and an agent: heard by no one, by the agent alone, or by all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.staff import StaffId


class ListenMode(StrEnum):
    LISTEN = "listen"
    """Not heard by anyone."""
    WHISPER = "whisper"
    """Heard by the agent only."""
    BARGE = "barge"
    """Heard by all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One call to a supervisor to join one talk. Times are aware UTC."""

    attempt_id: AttemptId
    """The call to the supervisor."""
    case_id: CaseId
    customer_id: CustomerId
    wait: AttemptId
    """The customer's call; with `n`, its turn, it identifies the hand-over."""
    n: int
    staff_id: StaffId
    name: str
    way: ListenMode
    served: ListenMode | None = None
    """The mode in which they were last let into the conference."""
    asked_at: datetime
    entered_at: datetime | None = None
    ended_at: datetime | None = None
