"""A recording stored at the phone company, with its deletion date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.ids import AttemptId, CaseId, CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecording:
    """The recording of a call, or of a message left in one. Times are aware UTC."""

    sid: str
    """The phone company's id."""
    case_id: CaseId
    customer_id: CustomerId
    attempt_id: AttemptId
    made_at: datetime
    delete_at: datetime | None
    """When to delete it, or to check again whether it may be deleted; None once it is deleted."""
    deleted_at: datetime | None = None
