"""A confirmation: the SMS prompt sent to a guardian, with its reply. Whatever the reply, it can only add protection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import CaseId, ConfirmationId, CustomerId, PartyId


class ConfirmationState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    EXPIRED = "expired"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    SUPPRESSED = "suppressed"


class ConfirmationEvent(StrEnum):
    SEND = "send"
    NOT_SENT = "not_sent"
    LOSE_TRACK = "lose_track"
    ACCEPT = "accept"
    DELIVER = "deliver"
    FAIL = "fail"
    SUPPRESS = "suppress"
    ANSWER = "answer"
    EXPIRE = "expire"
    OPT_OUT = "opt_out"


_S, _E = ConfirmationState, ConfirmationEvent
_TOLD = {_E.ANSWER: _S.ANSWERED, _E.EXPIRE: _S.EXPIRED, _E.OPT_OUT: _S.OPTED_OUT}
_UNDER_WAY = {_E.ACCEPT: _S.SENT, _E.DELIVER: _S.DELIVERED, _E.FAIL: _S.FAILED, **_TOLD}

CONFIRMATION_TRANSITIONS: dict[ConfirmationState, dict[ConfirmationEvent, ConfirmationState]] = {
    _S.QUEUED: {_E.SEND: _S.SENDING, _E.SUPPRESS: _S.SUPPRESSED},
    # Receipts get lost, and a reply may come before the answer to our own POST.
    _S.SENDING: {_E.NOT_SENT: _S.QUEUED, _E.LOSE_TRACK: _S.UNKNOWN, **_UNDER_WAY},
    _S.UNKNOWN: _UNDER_WAY,
    _S.SENT: {_E.DELIVER: _S.DELIVERED, _E.FAIL: _S.FAILED, **_TOLD},
    _S.DELIVERED: _TOLD,
    # "I will call them" is asked back, and everybody may think again.
    _S.ANSWERED: {_E.ANSWER: _S.ANSWERED, _E.OPT_OUT: _S.OPTED_OUT},
    _S.EXPIRED: {},
    # A text that was given up may have arrived all the same.
    _S.FAILED: {_E.ANSWER: _S.ANSWERED, _E.OPT_OUT: _S.OPTED_OUT},
    # Whoever wrote STOP and then says what they meant is heard.
    _S.OPTED_OUT: {_E.ANSWER: _S.ANSWERED},
    _S.SUPPRESSED: {},
}

OPEN = frozenset({_S.QUEUED, _S.SENDING, _S.UNKNOWN, _S.SENT, _S.DELIVERED})
"""No answer yet, and one may still come."""
ANSWERABLE = (OPEN - {_S.QUEUED}) | {_S.ANSWERED, _S.FAILED, _S.OPTED_OUT}
"""Its code may be in somebody's hand: a reply that names it counts."""


class Answer(StrEnum):
    """What a guardian said, in the order of the numbered answers."""

    WORRIED = "worried"
    AWARE = "aware"
    WILL_CALL = "will_call"
    UNSURE = "unsure"


SAYS_ENOUGH = frozenset({Answer.WORRIED, Answer.AWARE, Answer.WILL_CALL})
"""Whoever said this need not be asked once more; who is unsure may be rung all the same."""


class Step(StrEnum):
    """What falls due at `due_at` unless something happens before."""

    REMIND = "remind"
    NEXT_GUARDIAN = "next_guardian"
    """Patience is over: the next guardian is asked. This one may still answer."""
    ASK_BACK = "ask_back"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One guardian asked about one case. Times are aware UTC; the number appears only as a keyed hash."""

    id: ConfirmationId
    case_id: CaseId
    customer_id: CustomerId
    party_id: PartyId
    number_index: str
    n: int
    """The first guardian asked in a case is 1."""
    code: str | None = field(repr=False)
    """Two digits that stand for this case at this number; None once they stand for nothing."""
    why: str
    """Which rung, wish or effect asked for it."""
    state: ConfirmationState = ConfirmationState.QUEUED
    asked_at: datetime
    step: Step | None = Step.REMIND
    due_at: datetime | None
    expires_at: datetime
    """Then the code is given back."""
    answer: Answer | None = None
    answered_at: datetime | None = None
    hints: int = 0
    """How often we explained how to reply."""
    passed_on: bool = False
    """Somebody else was asked since, or nobody was left to ask."""


def settled(asked: Iterable[Confirmation]) -> bool:
    """Somebody is worried, or on their way to call: nobody else need be asked now. Whoever is at ease settles nothing,
    as if they had been silent: they may be deceived, and another may know better."""
    return any(c.answer is Answer.WORRIED or (c.answer is Answer.WILL_CALL and not c.passed_on) for c in asked)


def has_said(asked: Iterable[Confirmation], number_index: str) -> bool:
    """Whether whoever has this number has told us enough about this case."""
    return any(c.number_index == number_index and c.answer in SAYS_ENOUGH for c in asked)
