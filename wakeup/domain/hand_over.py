"""A hand-over: a customer waits on the line for an agent, and is joined with one or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.agent import Need, Skill
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.staff import StaffId


class HandOverState(StrEnum):
    WAITING = "waiting"
    JOINED = "joined"
    OVER = "over"
    """Customer and agent talked, and the talk is over."""
    GIVEN_UP = "given_up"
    """No agent accepted in time: the customer is told when we call."""
    ABANDONED = "abandoned"
    """The customer left before an agent came."""
    HANDED_ON = "handed_on"
    """The customer talked to an agent and now waits for another colleague, which is a new hand-over."""


class HandOverEvent(StrEnum):
    JOIN = "join"
    PART = "part"
    GIVE_UP = "give_up"
    LEAVE = "leave"
    HAND_ON = "hand_on"


_S, _E = HandOverState, HandOverEvent

HAND_OVER_TRANSITIONS: dict[HandOverState, dict[HandOverEvent, HandOverState]] = {
    _S.WAITING: {_E.JOIN: _S.JOINED, _E.GIVE_UP: _S.GIVEN_UP, _E.LEAVE: _S.ABANDONED},
    _S.JOINED: {_E.PART: _S.OVER, _E.HAND_ON: _S.HANDED_ON},
    _S.OVER: {},
    _S.GIVEN_UP: {},
    _S.ABANDONED: {},
    _S.HANDED_ON: {},
}
OPEN = frozenset({_S.WAITING, _S.JOINED})
HumanTalkRef = tuple[AttemptId, int]
"""The call and the turn that begin a hand-over."""
MOST_DIGITS = 6
"""Of the number of a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One wait during one call. Times are aware UTC."""

    attempt_id: AttemptId
    """The customer's call."""
    n: int
    """The turn of that call in which the customer was asked to wait."""
    case_id: CaseId
    customer_id: CustomerId
    language: str
    skills: tuple[Skill, ...]
    state: HandOverState = HandOverState.WAITING
    asked_at: datetime
    give_up_at: datetime
    offer: AttemptId | None = None
    """The call that rings an agent for it, or on which the agent talks; the last such call once it is over."""
    agent: StaffId | None = None
    """The agent whom that call rings."""
    offer_until: datetime | None = None
    tried: tuple[StaffId, ...] = ()
    """Agents rung so far: none is rung twice for the same wait."""
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    came_back: bool = False
    """The customer has come back from the conference or hung up: nothing more has to be said to them here."""
    due_at: datetime | None
    """When the hand-over is checked next, unless something happens first."""

    @property
    def need(self) -> Need:
        return Need(language=self.language, skills=frozenset(self.skills))

    @property
    def ref(self) -> str:
        """What names this hand-over on a page and in a form."""
        return f"{self.attempt_id}-{self.n}"

    @property
    def room(self) -> str:
        """Name of the conference in which customer and agent meet. It contains no personal data."""
        return f"line-{self.ref}"


def human_talk_ref(text: str | None) -> HumanTalkRef | None:
    """Read `HandOver.ref` back. None if the text is no such name."""
    call, _, n = (text or "").rpartition("-")
    return (AttemptId(call), int(n)) if call and n.isascii() and n.isdigit() and len(n) <= MOST_DIGITS else None
