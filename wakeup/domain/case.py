"""A case: one person's incident, with every pending transfer of that customer in it."""

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
    """One person's incident. Review never stops the deadlines of its transfers."""

    id: CaseId
    customer_id: CustomerId
    state: CaseState = CaseState.OPEN
    tier: Tier
    locale: str
    timezone: str
    opened_at: datetime
    no_calls: bool = False
    """The callee asked for no more automated calls: hold, guardian and people remain."""
    rung_at: datetime | None = None
    """When the next rung of its ladder is due; None when there is none."""
    family_risk: bool = False
    """The bank fears that the family is the danger: no guardian hears of this case."""
    guardian_declined: bool = False
    """The callee does not want anybody of theirs to hear of it."""
    family_worried: bool = False
    """A guardian has said that they fear for the callee; that is never unsaid."""
    unheld_at: datetime | None = None
    """Since when somebody is to ask the bank for money that had been let go when the warning came; None once they have
    written down what came of it."""
    timeline_count: int = 0
    timeline_head: str = ""
    """Keyed MAC of the newest timeline row."""
