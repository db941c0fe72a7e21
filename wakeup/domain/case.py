"""A case: one customer's incident, with all pending transfers of that customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.transfer import Tier


class CaseState(StrEnum):
    OPEN = "open"
    IN_REVIEW = "in_review"
    SETTLED = "settled"


class CaseEvent(StrEnum):
    SEND_TO_REVIEW = "send_to_review"
    SETTLE = "settle"
    REOPEN_REVIEW = "reopen_review"


_S, _E = CaseState, CaseEvent

CASE_TRANSITIONS: dict[CaseState, dict[CaseEvent, CaseState]] = {
    _S.OPEN: {_E.SEND_TO_REVIEW: _S.IN_REVIEW, _E.SETTLE: _S.SETTLED},
    _S.IN_REVIEW: {_E.SETTLE: _S.SETTLED},
    _S.SETTLED: {_E.REOPEN_REVIEW: _S.IN_REVIEW},
}


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One customer's incident. A review never stops the deadlines of its transfers."""

    id: CaseId
    customer_id: CustomerId
    state: CaseState = CaseState.OPEN
    tier: Tier
    locale: str
    timezone: str
    opened_at: datetime
    no_calls: bool = False
    """The callee wants no more automated calls. The hold, the guardian and human calls remain."""
    rung_at: datetime | None = None
    """When the next rung of its ladder is due; None when there is none."""
    family_risk: bool = False
    """The bank fears that the family itself is the danger: no guardian is told of this case."""
    guardian_declined: bool = False
    """The callee does not want a guardian to be told."""
    guardian_worried: bool = False
    """A guardian has said that they fear for the callee. Never reset."""
    unheld_at: datetime | None = None
    """Since when the case is kept in the review queue although nothing of it is held. Its transfers say why: if some
    have left, or may have, a human must ask the bank to stop them, unless they were allowed since; if none has, a human
    must call the customer, who was promised it. A warning moves it behind every allow. See `to_do.unheld_for`."""
    person_due_at: datetime | None = None
    """By when a human must have talked to the customer, or looked at the case; None when no one waits for a human."""
    person_late_at: datetime | None = None
    """When staff were alarmed that this is late; None before."""
    timeline_count: int = 0
    timeline_head: str = ""
    """Keyed MAC of the newest timeline row."""
