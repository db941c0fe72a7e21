"""Repositories of agents, hand-overs, listening supervisors and guardians in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.agent import Agent
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.listening import Listener
from wakeup.domain.staff import StaffId


class Agents(Protocol):
    """One row per agent, locked after the case and before the account's lines."""

    def get(self, staff_id: StaffId) -> Agent | None:
        """Return the agent, with the row locked."""

    def all(self) -> Sequence[Agent]:
        """Return all agents by name. Nothing is locked."""

    def not_to_ring(self) -> frozenset[StaffId]:
        """Return the agents who must not be called now, whatever their state: their account is closed, or they are
        on a call of ours, or being called, to listen to another conversation."""

    def of_offer(self, attempt_id: AttemptId) -> Agent | None:
        """Return the agent whom this call rings, with the row locked. None if the call rings no agent any more."""

    def of_number(self, number_index: str) -> Agent | None: ...
    def add(self, agent: Agent, address: str, pin_index: str) -> None:
        """Add an agent. Raises ConstraintError if the number belongs to another agent."""

    def save(self, agent: Agent) -> None: ...
    def remove(self, staff_id: StaffId) -> None: ...
    def address(self, staff_id: StaffId) -> str:
        """Return what is called: a number in E.164 form, or a SIP address. Raises NotFoundError."""

    def pin_is(self, staff_id: StaffId, pin_index: str) -> bool: ...
    def number_of_a_party(self, number_index: str) -> bool:
        """True if the number belongs to a customer or a guardian in some case."""


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


class Guests(Protocol):
    """Guardians who were called to join a conversation. Changed only by a transaction that has locked the case."""

    def get(self, attempt_id: AttemptId) -> Guest | None: ...
    def of_talk(self, wait: AttemptId, n: int) -> Sequence[Guest]:
        """Return all guardians who were called for this conversation, oldest first."""

    def add(self, guest: Guest) -> None: ...
    def save(self, guest: Guest) -> None: ...
