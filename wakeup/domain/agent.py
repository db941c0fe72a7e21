"""An agent: one of the bank's own people who takes calls. Who is free, and who of them is rung first. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.roster import Shift, on_duty
from wakeup.domain.staff import StaffId


class AgentState(StrEnum):
    READY = "ready"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    """The call is over, and what it taught is being written down."""
    BREAK = "break"
    AWAY = "away"


class AgentEvent(StrEnum):
    BE_READY = "be_ready"
    REST = "rest"
    LEAVE = "leave"
    TAKE = "take"
    """They took a call with their key."""
    PART = "part"
    """The call is over."""
    MISS = "miss"
    """Too many offers in a row were not taken: whoever is not there is not asked again."""


_S, _E = AgentState, AgentEvent
_BY_HAND = {_E.BE_READY: _S.READY, _E.REST: _S.BREAK, _E.LEAVE: _S.AWAY}

AGENT_TRANSITIONS: dict[AgentState, dict[AgentEvent, AgentState]] = {
    # Whoever takes a call that rang them is on it, whatever they pressed at the desk meanwhile.
    _S.AWAY: {_E.BE_READY: _S.READY, _E.REST: _S.BREAK, _E.TAKE: _S.ON_CALL},
    _S.READY: {_E.REST: _S.BREAK, _E.LEAVE: _S.AWAY, _E.MISS: _S.AWAY, _E.TAKE: _S.ON_CALL},
    _S.BREAK: {_E.BE_READY: _S.READY, _E.LEAVE: _S.AWAY, _E.TAKE: _S.ON_CALL},
    # Nobody leaves a customer by a click: a call ends by hanging up.
    _S.ON_CALL: {_E.PART: _S.WRAP_UP},
    _S.WRAP_UP: {**_BY_HAND, _E.TAKE: _S.ON_CALL},
}


class Skill(StrEnum):
    DISTRESS = "distress"
    """Trained to talk to somebody in despair."""
    CRITICAL = "critical"
    """May be given cases of the highest tier."""


LANGUAGES = ("zh", "en")
"""In which a customer may be talked to: their `tongue`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One account of the console that takes calls. The number rung is kept apart and never here in clear."""

    staff_id: StaffId
    name: str
    """The account's."""
    number_index: str
    """Keyed hash of the phone or SIP address."""
    languages: tuple[str, ...]
    skills: tuple[Skill, ...] = ()
    state: AgentState = AgentState.AWAY
    since: datetime
    """In this state since then."""
    idle_since: datetime
    """Has had no call since then: the longest idle is rung first."""
    missed: int = 0
    """Offers in a row that were not taken."""
    offer: AttemptId | None = None
    """The one call that rings them, or that they are on."""
    case_id: CaseId | None = None
    """The case they are offered, are talking about, or write down the end of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a customer needs of whoever talks to them."""

    language: str
    skills: frozenset[Skill] = frozenset()


def free(agent: Agent, roster: Collection[Shift], now: datetime) -> bool:
    """They may be rung: ready, in their hours, and nothing else rings them."""
    return agent.state is AgentState.READY and agent.offer is None and on_duty(roster, agent.name, now)


def choose(
    agents: Iterable[Agent], need: Need, roster: Collection[Shift], not_these: Collection[StaffId], now: datetime
) -> Agent | None:
    """Who is rung next, or None. Their language is a must; of the skills the most that can be had; then the longest
    idle. Somebody without a skill is better than nobody: the customer waits on the line."""
    fit = [a for a in agents if free(a, roster, now) and need.language in a.languages and a.staff_id not in not_these]
    return min(fit, key=lambda a: (len(need.skills - set(a.skills)), a.idle_since, a.name), default=None)
