"""The repository of the people who take calls, as use cases see it."""

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
    """One row each, locked after the case and before the account's lines."""

    def get(self, staff_id: StaffId) -> Agent | None:
        """The row locked."""

    def all(self) -> Sequence[Agent]:
        """By name, nothing locked."""

    def not_to_ring(self) -> frozenset[StaffId]:
        """Who is rung for nobody now, whatever their state: their account is closed, or a call of ours has them, or
        rings them, for the talk of others."""

    def of_offer(self, attempt_id: AttemptId) -> Agent | None:
        """Whom this call rings, the row locked; None when it rings nobody any more."""

    def of_number(self, number_index: str) -> Agent | None: ...
    def add(self, agent: Agent, address: str, pin_index: str) -> None:
        """Raises ConstraintError when the number rings somebody else."""

    def save(self, agent: Agent) -> None: ...
    def remove(self, staff_id: StaffId) -> None: ...
    def address(self, staff_id: StaffId) -> str:
        """What is rung: a number in E.164 form, or a SIP address. Raises NotFoundError."""

    def pin_is(self, staff_id: StaffId, pin_index: str) -> bool: ...
    def number_of_a_party(self, number_index: str) -> bool:
        """It stands in a case as a customer's or a guardian's."""


class HandOvers(Protocol):
    """Changed by whoever has locked the case."""

    def get(self, attempt_id: AttemptId, n: int) -> HandOver | None: ...
    def of_offer(self, attempt_id: AttemptId) -> HandOver | None:
        """The one for which this call rings an agent, or rang the last one."""

    def of_case(self, case_id: CaseId) -> Sequence[HandOver]:
        """Oldest first."""

    def add(self, hand_over: HandOver) -> None: ...
    def save(self, hand_over: HandOver) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[HandOver]:
        """Those to be looked after now, the longest due first."""

    def next_due(self) -> datetime | None: ...
    def unoffered(self) -> Sequence[HandOver]:
        """Waiting while nobody is rung, the longest first."""

    def open(self) -> Sequence[HandOver]:
        """Waiting or joined, the oldest first."""

    def since(self, since: datetime) -> Sequence[HandOver]:
        """All that began after it, oldest first."""


class Listeners(Protocol):
    """Supervisors on a talk, at most one talk each. Changed by whoever has locked the case."""

    def get(self, attempt_id: AttemptId) -> Listener | None: ...
    def of_staff(self, staff_id: StaffId) -> Listener | None:
        """The one that is not over."""

    def open(self) -> Sequence[Listener]:
        """Those that are not over, the oldest first."""

    def add(self, listener: Listener) -> None: ...
    def save(self, listener: Listener) -> None: ...


class Guests(Protocol):
    """Guardians who were rung for a talk. Changed by whoever has locked the case."""

    def get(self, attempt_id: AttemptId) -> Guest | None: ...
    def of_talk(self, wait: AttemptId, n: int) -> Sequence[Guest]:
        """All who were rung for it, oldest first."""

    def add(self, guest: Guest) -> None: ...
    def save(self, guest: Guest) -> None: ...
