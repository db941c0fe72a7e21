"""A recording the phone company keeps for us, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.ids import AttemptId, CaseId, CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecording:
    """Of a call, or a message that was left in one. Times are aware UTC."""

    sid: str
    """The phone company's id."""
    case_id: CaseId
    customer_id: CustomerId
    attempt_id: AttemptId
    made_at: datetime
    delete_at: datetime | None
    """When it is to go, or somebody must look at it again; None when it is gone."""
    deleted_at: datetime | None = None
