"""Repository that stores a new case with all that belongs to it in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from wakeup.domain.decision import Decision
from wakeup.domain.ids import AttemptId, CaseId, PartyId
from wakeup.usecases.inputs import FlaggedTransfer, Number
from wakeup.usecases.records import Note


class Opening(NamedTuple):
    """What a usual event adds to itself when it opens a case. The customer is new and has one number."""

    at: datetime
    case_id: CaseId
    decision: Decision
    """The standing hold."""
    party_id: PartyId
    number: Number
    attempt_id: AttemptId
    settle_at: datetime
    latest_start: datetime
    """Of the first call, which is due at once."""
    value: int
    fair_class: int
    rung_at: datetime
    unhurried: bool
    family_risk: bool
    notes: Sequence[Note]


class Openings(Protocol):
    def add(self, event: FlaggedTransfer, opening: Opening) -> None:
        """Store the customer, the case, the transfer with its standing hold, the party, the first call and the
        timeline."""
