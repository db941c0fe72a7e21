"""Repositories of cases and of their append-only records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.usecases.records import CallEvent, Label, Note, RungRecord


class Cases(Protocol):
    def lock(self, case_id: CaseId) -> Case:
        """Return the case, its row locked until the end of the transaction. Raises NotFoundError."""

    def lock_if_free(self, case_id: CaseId) -> Case:
        """Like `lock`, for callers that can retry soon: raises LockedError at once when another transaction holds
        the row."""

    def lock_of(self, attempt_id: AttemptId) -> Case | None:
        """Return the case of an attempt, its row locked; None when there is no such attempt."""

    def lock_unsettled(self, customer_id: CustomerId) -> Sequence[Case]:
        """Return the customer's open case and those in review, their rows locked in the order of their ids."""

    def undecided(self) -> Sequence[CaseId]:
        """Return all cases with a pending or held transfer, or a message that the payment core has not acknowledged."""

    def add(self, case: Case) -> None: ...
    def save(self, case: Case) -> None: ...
    def save_head(self, case: Case) -> None:
        """Save a case of which only the timeline's head changed."""

    def to_climb(self, now: datetime, limit: int) -> Sequence[CaseId]:
        """Return cases whose next rung is due, the longest due first."""

    def next_climb(self, now: datetime) -> datetime | None:
        """Return when the first rung after now falls due."""

    def promises_late(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, datetime]]:
        """Return cases whose promised human is late and the time of the promise, the oldest first. Those of which
        staff were told are left out."""

    def next_promise(self, now: datetime) -> datetime | None:
        """Return when the first promise after now falls due."""


class Records(Protocol):
    """Append-only records: the timeline, the provider's call events, the later truth."""

    def extend(self, case: Case, notes: Sequence[Note], now: datetime) -> Case:
        """Append notes to the case's timeline. Returns the case with its new head."""

    def kinds(self, case_id: CaseId) -> frozenset[str]:
        """Return the kinds of note that the case's timeline has."""

    def call_event(self, event: CallEvent) -> bool:
        """Store a call event. Returns False if the same event was stored before, or its customer has been erased."""

    def recording_reported(self, attempt_id: AttemptId) -> bool:
        """True if the provider has reported a recording of this attempt's call."""

    def label(self, label: Label) -> None:
        """Store a label. If another of its transfer came at the same microsecond, it follows at the next free one."""


class Rungs(Protocol):
    def of_case(self, case_id: CaseId) -> Sequence[RungRecord]:
        """Return the rungs that were taken or skipped, in the order in which that happened."""

    def add(self, record: RungRecord) -> None: ...
