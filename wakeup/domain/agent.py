"""An agent is a console account that takes calls. Pure rules: which agent is free, and which is rung first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.roster import Shift, on_duty
from wakeup.domain.staff import StaffId


class AgentState(StrEnum):
    READY = "ready"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    """The call is over, and the agent is writing down its result."""
    BREAK = "break"
    AWAY = "away"


class AgentEvent(StrEnum):
    BE_READY = "be_ready"
    REST = "rest"
    LEAVE = "leave"
    TAKE = "take"
    """The agent accepted a call with the key."""
    PART = "part"
    """The call is over."""
    MISS = "miss"
    """Too many offers in a row were not accepted: the agent counts as away and gets no more offers."""


_S, _E = AgentState, AgentEvent
_BY_HAND = {_E.BE_READY: _S.READY, _E.REST: _S.BREAK, _E.LEAVE: _S.AWAY}

AGENT_TRANSITIONS: dict[AgentState, dict[AgentEvent, AgentState]] = {
    # An agent who accepts an offered call is on it, whatever state they chose at the console meanwhile.
    _S.AWAY: {_E.BE_READY: _S.READY, _E.REST: _S.BREAK, _E.TAKE: _S.ON_CALL},
    _S.READY: {_E.REST: _S.BREAK, _E.LEAVE: _S.AWAY, _E.MISS: _S.AWAY, _E.TAKE: _S.ON_CALL},
    _S.BREAK: {_E.BE_READY: _S.READY, _E.LEAVE: _S.AWAY, _E.TAKE: _S.ON_CALL},
    # No click at the console ends a talk with a customer: only hanging up does.
    _S.ON_CALL: {_E.PART: _S.WRAP_UP},
    _S.WRAP_UP: {**_BY_HAND, _E.TAKE: _S.ON_CALL},
}


class Skill(StrEnum):
    DISTRESS = "distress"
    """Trained to talk to a person in despair."""
    CRITICAL = "critical"
    """May be given cases of the highest tier."""


MOST_WRAP_UPS = 5
"""A wrap-up lasts at most so many times as long as one in which nothing is written."""
LANGUAGES = ("zh", "en")
"""Languages an agent may speak with a customer, as `zh_or_en` returns them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One console account that takes calls. Holds a keyed hash of its number, never the number itself."""

    staff_id: StaffId
    name: str
    """Name of the account."""
    number_index: str
    """Keyed hash of the phone or SIP address."""
    languages: tuple[str, ...]
    skills: tuple[Skill, ...] = ()
    state: AgentState = AgentState.AWAY
    since: datetime
    """When the agent entered this state."""
    idle_since: datetime
    """When the agent's last call ended, or when they last wrote down its outcome. The longest idle agent is rung
    first."""
    missed: int = 0
    """Offers in a row that were not accepted."""
    offer: AttemptId | None = None
    """The attempt that rings the agent now, or that they are talking on."""
    case_id: CaseId | None = None
    """The case the agent is offered, is talking about, or is writing up."""


def wrap_up_until(agent: Agent, wrap_up: timedelta) -> datetime:
    """Return when the agent's wrap-up ends by itself: `wrap_up` after the call, or after the agent last wrote."""
    return min(max(agent.since, agent.idle_since) + wrap_up, agent.since + longest_wrap_up(wrap_up))


def longest_wrap_up(wrap_up: timedelta) -> timedelta:
    """Return how long an agent's wrap-up lasts at most, while they write."""
    return MOST_WRAP_UPS * wrap_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a customer needs of the agent who talks to them."""

    language: str
    skills: frozenset[Skill] = frozenset()


def free(agent: Agent, roster: Collection[Shift], now: datetime) -> bool:
    """True if the agent may be rung: ready, on duty by the roster, and with no other offer."""
    return agent.state is AgentState.READY and agent.offer is None and on_duty(roster, agent.name, now)


def choose(
    agents: Iterable[Agent], need: Need, roster: Collection[Shift], not_these: Collection[StaffId], now: datetime
) -> Agent | None:
    """Return the agent to ring next, or None if no agent is free.

    The agent must speak the customer's language. Agents with most of the needed skills come first, then the longest
    idle. An agent without a skill is better than no agent, because the customer is waiting on the line.
    """
    fit = [a for a in agents if free(a, roster, now) and need.language in a.languages and a.staff_id not in not_these]
    return min(fit, key=lambda a: (len(need.skills - set(a.skills)), a.idle_since, a.name), default=None)
