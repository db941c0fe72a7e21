"""Repository of conversations, their turns and their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.outcome import Evidence
from wakeup.usecases.records import Note, SpokenTurn, Talk


class Talks(Protocol):
    def get(self, attempt_id: AttemptId, customer_id: CustomerId) -> Talk | None:
        """Return the call's conversation. None if there is none, or if its row is damaged: what it says is unknown, and
        the rest of the case goes on. Raises SealError if the customer's key cannot be opened."""

    def was_begun(self, attempt_id: AttemptId) -> bool:
        """True if the call has a conversation, also if its row is damaged."""

    def add(self, talk: Talk) -> None: ...
    def save(self, talk: Talk) -> None: ...
    def turn(self, attempt_id: AttemptId, customer_id: CustomerId, n: int) -> SpokenTurn | None:
        """Return turn n of the call. None if it was not served, or if its row is damaged."""

    def was_served(self, attempt_id: AttemptId, n: int) -> bool:
        """True if turn n of the call was served, also if its row is damaged."""

    def add_turn(self, turn: SpokenTurn) -> None: ...
    def of_case(self, case_id: CaseId) -> Sequence[tuple[AttemptId, Talk | None]]:
        """Return the case's conversations by their calls, oldest first, without locking. None for each whose row is
        damaged. Raises NotFoundError when there is no such case."""

    def turns(self, attempt_id: AttemptId, customer_id: CustomerId) -> Sequence[SpokenTurn | None]:
        """Return the turns in the order they were served. None for each whose row is damaged."""

    def newest_turn(self, attempt_id: AttemptId, customer_id: CustomerId) -> SpokenTurn | None:
        """Return the turn that was served last. None if there is none, or if its row is damaged."""

    def steps(self, after: tuple[CaseId, int], limit: int) -> Sequence[tuple[CaseId, int, datetime, Note]]:
        """Return timeline rows about conversations begun and turns taken, ordered by case and number, starting
        after `after`."""

    def add_evidence(self, evidence: Evidence, case_id: CaseId) -> None: ...
    def evidence(self, case: Case, since: datetime) -> Sequence[tuple[CaseId, Evidence]]:
        """Return this case's evidence, and that of the customer's other cases from `since` on, oldest first."""

    def asked_a_colleague(self, customer_id: CustomerId, since: datetime) -> bool:
        """True if, since then, somebody was put through to a colleague's number in a case of this customer, or a caller
        asked for it."""
