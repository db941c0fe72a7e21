"""Repositories of retention and legal holds, and of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.recording import KeptRecording


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """While it stands, nothing of this customer is deleted."""

    customer_id: CustomerId
    since: datetime
    by: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A settled case."""

    case_id: CaseId
    customer_id: CustomerId
    settled_at: datetime
    words_gone: bool = False
    """True if what was said in the case is deleted."""


class Retention(Protocol):
    """Changed only by a transaction that has locked the case, or all of the customer's cases."""

    def begin(self, case: Case, now: datetime) -> None:
        """Start the retention period: the case is settled."""

    def stop(self, case_id: CaseId) -> None:
        """Stop the retention period: the case was reopened."""

    def get(self, case_id: CaseId) -> Settled | None: ...
    def with_words(self, before: datetime, limit: int) -> Sequence[CaseId]:
        """Return cases settled by then whose words are still stored and which are under no legal hold, the longest
        settled first."""

    def done_with(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        """Return customers under no legal hold whose last case was settled by then, and none of whose guardians is
        newer."""

    def listed_since(self, customer_id: CustomerId, before: datetime) -> bool:
        """True if one of the customer's guardians was enrolled or agreed after `before`."""

    def oldest(self, *, words_gone: bool) -> datetime | None:
        """Return when the case was settled whose turn comes next, leaving out legal holds."""

    def legal_hold(self, customer_id: CustomerId) -> LegalHold | None: ...
    def hold(self, hold: LegalHold) -> bool:
        """Place a legal hold. Returns False if there is one already."""

    def lift(self, customer_id: CustomerId) -> bool:
        """End the legal hold. Returns False if there is none."""


class Recordings(Protocol):
    """Recordings that the phone company stores for us. Changed only by a transaction that has locked the case."""

    def get(self, sid: str) -> KeptRecording | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[KeptRecording]:
        """Return them oldest first."""

    def add(self, recording: KeptRecording) -> None: ...
    def save(self, recording: KeptRecording) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[KeptRecording]:
        """Return the recordings to be deleted now, the longest due first."""

    def next_due(self) -> datetime | None: ...
