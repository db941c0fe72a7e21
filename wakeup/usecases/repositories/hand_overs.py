"""Repositories of hand-overs to an agent, and of the guardians and supervisors in the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.listening import Listener
from wakeup.domain.staff import StaffId


class HandOvers(Protocol):
    """Changed only by a transaction that has locked the case."""

    def get(self, attempt_id: AttemptId, n: int) -> HandOver | None: ...
    def of_offer(self, attempt_id: AttemptId) -> HandOver | None:
        """Return the hand-over whose present or last offer to an agent is this call."""

    def of_case(self, case_id: CaseId) -> Sequence[HandOver]:
        """Oldest first."""

    def add(self, hand_over: HandOver) -> None: ...
    def save(self, hand_over: HandOver) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[HandOver]:
        """Return the hand-overs that need attention now, the longest due first."""

    def next_due(self) -> datetime | None: ...
    def unoffered(self) -> Sequence[HandOver]:
        """Return those that wait while no agent is being called, the longest first."""

    def open(self) -> Sequence[HandOver]:
        """Return those waiting or joined, oldest first."""

    def since(self, since: datetime) -> Sequence[HandOver]:
        """Return those asked for after `since`, oldest first."""

    def maybe_to_write_up(self, agent: StaffId, since: datetime) -> Sequence[HandOver]:
        """Return the agent's conversations, of those asked for after `since`, without evidence of theirs from the same
        call, or of which there are several in one call, recorded or not. Oldest first."""

    def lately(self, customer_id: CustomerId, since: datetime) -> Sequence[HandOver]:
        """Return the hand-overs in cases of this customer that are open or have ended after `since`."""


class Guests(Protocol):
    """Guardians who were called to join a conversation. Changed only by a transaction that has locked the case."""

    def get(self, attempt_id: AttemptId) -> Guest | None: ...
    def of_human_talk(self, wait: AttemptId, n: int) -> Sequence[Guest]:
        """Return all guardians who were called for this conversation, oldest first."""

    def add(self, guest: Guest) -> None: ...
    def save(self, guest: Guest) -> None: ...


class Listeners(Protocol):
    """Supervisors on a live conversation, at most one per conversation. Changed only by a transaction that has
    locked the case."""

    def get(self, attempt_id: AttemptId) -> Listener | None: ...
    def of_staff(self, staff_id: StaffId) -> Listener | None:
        """Return the supervisor's listening that is not over."""

    def open(self) -> Sequence[Listener]:
        """Return those that are not over, oldest first."""

    def add(self, listener: Listener) -> None: ...
    def save(self, listener: Listener) -> None: ...
