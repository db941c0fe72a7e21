"""A confirmation: the SMS prompt to a guardian, with its reply. No reply can do more than add protection."""

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
    # Delivery receipts get lost, and a reply may arrive before the response to our own POST.
    _S.SENDING: {_E.NOT_SENT: _S.QUEUED, _E.LOSE_TRACK: _S.UNKNOWN, **_UNDER_WAY},
    _S.UNKNOWN: _UNDER_WAY,
    _S.SENT: {_E.DELIVER: _S.DELIVERED, _E.FAIL: _S.FAILED, **_TOLD},
    _S.DELIVERED: _TOLD,
    # A guardian who answered "I will call them" is asked again later, and any guardian may change their answer.
    _S.ANSWERED: {_E.ANSWER: _S.ANSWERED, _E.OPT_OUT: _S.OPTED_OUT},
    _S.EXPIRED: {},
    # An SMS that was reported failed may have arrived all the same.
    _S.FAILED: {_E.ANSWER: _S.ANSWERED, _E.OPT_OUT: _S.OPTED_OUT},
    # An answer from a guardian who wrote STOP before still counts.
    _S.OPTED_OUT: {_E.ANSWER: _S.ANSWERED},
    _S.SUPPRESSED: {},
}

OPEN = frozenset({_S.QUEUED, _S.SENDING, _S.UNKNOWN, _S.SENT, _S.DELIVERED})
"""Not answered yet, and an answer may still come."""
ANSWERABLE = (OPEN - {_S.QUEUED}) | {_S.ANSWERED, _S.FAILED, _S.OPTED_OUT}
"""The guardian may have its code: a reply that names the code counts."""


class GuardianAnswer(StrEnum):
    """A guardian's answer, in the order of the numbered replies."""

    WORRIED = "worried"
    AWARE = "aware"
    WILL_CALL = "will_call"
    UNSURE = "unsure"


SAYS_ENOUGH = frozenset({GuardianAnswer.WORRIED, GuardianAnswer.AWARE, GuardianAnswer.WILL_CALL})
"""Answers after which the guardian need not be asked again. One who is unsure may still be rung."""


class Step(StrEnum):
    """What falls due at `due_at` unless an answer comes first."""

    REMIND = "remind"
    NEXT_GUARDIAN = "next_guardian"
    """The guardian took too long: the next guardian is asked. This one may still answer."""
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
    """Two digits that stand for this case at this number; None once the code was released."""
    why: str
    """The rung, request or effect that caused it."""
    state: ConfirmationState = ConfirmationState.QUEUED
    asked_at: datetime
    step: Step | None = Step.REMIND
    due_at: datetime | None
    expires_at: datetime
    """When the code is released."""
    answer: GuardianAnswer | None = None
    answered_at: datetime | None = None
    hints: int = 0
    """How often the guardian was told how to reply."""
    passed_on: bool = False
    """The next guardian was asked since, or there was none left to ask."""


def needs_no_more_answers(asked: Iterable[Confirmation]) -> bool:
    """True if no further guardian need be asked now: one is worried, or one is on their way to call the customer.

    An answer that all is well does not settle it, no more than silence does: that guardian may be deceived, and
    another may know better.
    """
    return any(
        c.answer is GuardianAnswer.WORRIED or (c.answer is GuardianAnswer.WILL_CALL and not c.passed_on) for c in asked
    )


def has_said(asked: Iterable[Confirmation], number_index: str) -> bool:
    """True if the guardian at this number has already answered well enough about this case."""
    return any(c.number_index == number_index and c.answer in SAYS_ENOUGH for c in asked)
