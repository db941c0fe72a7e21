"""An agent calls our line to set their state. The calling number says who they may be, and their PIN proves it,
because caller ID proves nothing.

A caller who guesses is refused for a while after a few tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.agent import AgentEvent
from wakeup.domain.staff import StaffId
from wakeup.usecases.agents.agents import pin_index
from wakeup.usecases.console.sign_in_limit import REMEMBERED
from wakeup.usecases.repositories.sign_in import FailedTry
from wakeup.usecases.unit import Unit

MAX_TRIES, TRIES_COUNT_FOR = 3, REMEMBERED
KEYS = {"1": AgentEvent.BE_READY, "2": AgentEvent.REST, "3": AgentEvent.LEAVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MayBe:
    """The agent to whom the calling number belongs."""

    staff_id: StaffId
    language: str


def whose_line(unit: Unit, number: str) -> MayBe | None:
    """Return the agent who has this number, if any. It proves nothing."""
    agent = unit.agents.of_number(unit.index("number", number))
    return None if agent is None else MayBe(staff_id=agent.staff_id, language=agent.languages[-1])


def prove(unit: Unit, staff_id: StaffId, digits: str, now: datetime) -> bool:
    """True if this is the agent's PIN. Every failed try counts, whoever makes it."""
    key = unit.index("agent_line", staff_id)
    if unit.sign_ins.tries(key, now - TRIES_COUNT_FOR) >= MAX_TRIES:
        unit.admin.add("agent_line_closed", "system", now, staff=staff_id)
        return False
    if unit.agents.pin_is(staff_id, pin_index(unit, staff_id, digits)):
        return True
    unit.sign_ins.add_try(FailedTry(id=unit.ids.new("try"), key=key, at=now))
    return False
