"""A hand-over: a customer waits on the line for one of our people, and is joined with them, or not."""

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
    """They talked, and the talk is over."""
    GIVEN_UP = "given_up"
    """Nobody took the call in time: they are told when we call."""
    ABANDONED = "abandoned"
    """They left before anybody came."""
    HANDED_ON = "handed_on"
    """They talked, and wait for another of our people now: that is a hand-over of its own."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One wait of one call. Times are aware UTC."""

    attempt_id: AttemptId
    """The customer's call."""
    n: int
    """The turn of it in which they were asked to wait."""
    case_id: CaseId
    customer_id: CustomerId
    language: str
    skills: tuple[Skill, ...]
    state: HandOverState = HandOverState.WAITING
    asked_at: datetime
    give_up_at: datetime
    offer: AttemptId | None = None
    """The call that rings an agent for it, or on which one talks; the last one when it is over."""
    agent: StaffId | None = None
    """Whom that call rings."""
    offer_until: datetime | None = None
    tried: tuple[StaffId, ...] = ()
    """Nobody is rung twice for the same wait."""
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    came_back: bool = False
    """The customer heard what comes after it, or hung up: nothing is owed to them here."""
    due_at: datetime | None
    """When somebody must look after it, unless something happens before."""

    @property
    def need(self) -> Need:
        return Need(language=self.language, skills=frozenset(self.skills))

    @property
    def room(self) -> str:
        """Where the two meet. Its ids name nobody."""
        return f"line-{self.attempt_id}-{self.n}"
