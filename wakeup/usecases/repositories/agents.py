"""Repository of agents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wakeup.domain.agent import Agent
from wakeup.domain.ids import AttemptId
from wakeup.domain.staff import StaffId


class Agents(Protocol):
    """One row per agent, locked after the case and before the account's lines."""

    def lock(self, staff_id: StaffId) -> Agent | None:
        """Return the agent, with the row locked."""

    def all(self) -> Sequence[Agent]:
        """Return all agents by name. Nothing is locked."""

    def not_to_ring(self) -> frozenset[StaffId]:
        """Return the agents who must not be called now, whatever their state: their account is closed, or they are
        on a call of ours, or being called, to listen to another conversation."""

    def lock_of_offer(self, attempt_id: AttemptId) -> Agent | None:
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
