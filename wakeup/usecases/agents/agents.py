"""Agents: enrolment, the states they set by hand, and which are free. Setting the same state twice is one change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wakeup.domain.agent import AGENT_TRANSITIONS, LANGUAGES, Agent, AgentEvent, AgentState, Skill, free
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.ids import CaseId
from wakeup.domain.roster import on_duty
from wakeup.domain.staff import Right, Staff, StaffId, demand, may
from wakeup.domain.states import move
from wakeup.usecases.unit import Unit

_ADDRESS = re.compile(r"\+[1-9][0-9]{6,14}|sip:[0-9A-Za-z_.!~*'()&=+$,;?/-]{1,64}@[0-9A-Za-z.-]{1,128}")
PIN_DIGITS = 6
ASKED_FOR = {
    AgentEvent.BE_READY: AgentState.READY,
    AgentEvent.REST: AgentState.BREAK,
    AgentEvent.LEAVE: AgentState.AWAY,
}
"""The events an agent may trigger by hand, and the state each leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgent:
    name: str
    """Name of the account."""
    address: str = field(repr=False)
    """A number in E.164 form, or `sip:name@host`."""
    languages: tuple[str, ...]
    skills: tuple[Skill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    """An agent as the board shows them."""

    agent: Agent
    on_duty: bool
    """On duty by the roster."""
    free: bool
    rung: bool
    """Their phone rings for a customer who waits."""


def refuse_a_partys(unit: Unit, address: str) -> None:
    """Refuse a number that belongs to a party. Raises ConflictError when a customer or guardian has the agent's
    number.

    Call it before the writing transaction, on a read connection: parties have no index by number, so it scans all
    of them.
    """
    if unit.agents.number_of_a_party(unit.index("number", address)):
        raise ConflictError("phone", "this number belongs to a customer or guardian of a case")


def enrol_agent(unit: Unit, wanted: NewAgent, by: str, now: datetime) -> str:
    """Make an account an agent, or change an agent's data; the agent begins in state `away`.

    Returns the PIN with which the agent proves their identity on our line; it is shown only once. Raises
    ConflictError naming the field at fault.
    """
    staff = _account(unit, wanted.name)
    if not _ADDRESS.fullmatch(wanted.address):
        raise ConflictError("phone", "must be a number such as +6531234567, or sip:name@host")
    if not wanted.languages or set(wanted.languages) - set(LANGUAGES):
        raise ConflictError("languages", "choose at least one of zh and en")
    index = unit.index("number", wanted.address)
    other = unit.agents.of_number(index)
    if other is not None and other.staff_id != staff.id:
        raise ConflictError("phone", "this number belongs to another agent")
    before = unit.agents.lock(staff.id)
    if before is not None and before.offer is not None:
        raise ConflictError("name", "this agent is being called, or is on a call")
    pin = unit.ids.digits(PIN_DIGITS)
    unit.agents.remove(staff.id)
    unit.agents.add(
        Agent(
            staff_id=staff.id, name=staff.name, number_index=index, languages=tuple(sorted(set(wanted.languages))),
            skills=tuple(sorted(set(wanted.skills))), since=now, idle_since=now,
        ),
        wanted.address, pin_index(unit, staff.id, pin),
    )  # fmt: skip
    unit.admin.add(
        "agent_enrolled", by, now, staff=staff.id, name=staff.name, languages=wanted.languages, skills=wanted.skills
    )
    unit.wakes.add("agents")
    return pin


def dismiss_agent(unit: Unit, name: str, by: str, now: datetime) -> None:
    """Make an agent an ordinary account again, which takes no calls. Raises ConflictError."""
    staff = _account(unit, name, right=False)
    agent = unit.agents.lock(staff.id)
    if agent is None:
        raise ConflictError("name", "this account is not an agent")
    if agent.offer is not None:
        raise ConflictError("name", "this agent is being called, or is on a call")
    unit.agents.remove(staff.id)
    unit.admin.add("agent_dismissed", by, now, staff=staff.id, name=name)
    unit.wakes.add("agents")


def set_state(unit: Unit, staff_id: StaffId, event: AgentEvent | None, now: datetime, by: str = "console") -> Agent:
    """Set an agent's state by hand, from the console or by a call to our line.

    Setting the current state again changes nothing, so signing in twice, or at two places, has the effect of one.
    Raises ConflictError when nothing was chosen (`event` is None) or the change is not possible now, NotFoundError
    when the account is no agent.
    """
    demand(unit.staff.get(staff_id), Right.TAKE_CALLS)
    agent = unit.agents.lock(staff_id)
    if agent is None:
        raise NotFoundError("this account is not an agent")
    if event is None:
        raise ConflictError("state", "choose one")
    if event not in ASKED_FOR:
        raise ConflictError("state", "this state cannot be set by hand")
    if agent.state is ASKED_FOR[event]:
        return agent
    if event not in AGENT_TRANSITIONS[agent.state]:
        raise ConflictError("state", "you are on a call; hang up to end it")
    # A returning agent is offered calls again, however many offers they missed before.
    return move_agent(unit, replace(agent, missed=0, case_id=agent.case_id if agent.offer else None), event, now, by)


def writes_on(unit: Unit, staff_id: StaffId, about: CaseId | None, now: datetime) -> None:
    """Extend the wrap-up of an agent who is writing down the outcome. In any other state nothing happens.

    `about`: the case of the outcome, if only the wrap-up of a call about it is to be extended.
    """
    agent = unit.agents.lock(staff_id)
    if agent is not None and agent.state is AgentState.WRAP_UP and about in {None, agent.case_id}:
        unit.agents.save(replace(agent, idle_since=now))


def send_away(unit: Unit, staff_id: StaffId, now: datetime, by: str) -> None:
    """Move an agent whose account is closed to `away`, so that they are rung no more. A call in progress is not
    cut; they are away after it."""
    agent = unit.agents.lock(staff_id)
    if agent is not None and AgentEvent.LEAVE in AGENT_TRANSITIONS[agent.state]:
        move_agent(unit, agent, AgentEvent.LEAVE, now, by)


def is_closed(unit: Unit, staff_id: StaffId) -> bool:
    """True if this account is closed: no customer is put through to it, whatever the agent's state."""
    return unit.staff.get(staff_id).disabled_at is not None


def move_agent(unit: Unit, agent: Agent, event: AgentEvent, now: datetime, by: str) -> Agent:
    """Apply an event to an agent, store and log it. Returns the agent after it. Raises IllegalTransitionError."""
    after = replace(agent, state=move(AGENT_TRANSITIONS, agent.state, event), since=now)
    unit.agents.save(after)
    unit.admin.add("agent_moved", by, now, staff=agent.staff_id, name=agent.name, before=agent.state, after=after.state)
    unit.wakes.update({"agents", "people"})
    return after


def read_agents(unit: Unit, now: datetime) -> Sequence[AgentNow]:
    """Return all agents, ordered by name."""
    roster, none_of_these = unit.policy.people.roster, unit.agents.not_to_ring()
    return [
        AgentNow(
            agent=a, on_duty=on_duty(roster, a.name, now),
            free=free(a, roster, now) and a.staff_id not in none_of_these, rung=_is_rung(unit, a),
        )
        for a in unit.agents.all()
    ]  # fmt: skip


def _is_rung(unit: Unit, agent: Agent) -> bool:
    """True if a customer waits for this agent to take the call. After a talk the agent stays bound to their call until
    its end is known."""
    wait = None if agent.offer is None else unit.hand_overs.of_offer(agent.offer)
    return wait is not None and wait.state is HandOverState.WAITING


def pin_index(unit: Unit, staff_id: StaffId, pin: str) -> str:
    """Return the keyed hash of a PIN; a reader of the table cannot call in with it."""
    return unit.index("agent_pin", f"{staff_id}:{pin}")


def _account(unit: Unit, name: str, *, right: bool = True) -> Staff:
    staff = unit.staff.named(name)
    if staff is None:
        raise ConflictError("name", "no such account")
    if right and (staff.disabled_at is not None or not may(staff.role, Right.TAKE_CALLS)):
        raise ConflictError("name", "the role of this account may not take calls")
    return staff
