"""Colleagues: a number from the settings is rung for a callee; what the colleague hears first, and whether they
accepted.

Only their key proves that a colleague accepted, because a voicemail picks up, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.attempt import LIVE, Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.turn import Connect, Input, PersonLeft, TransferResult, Turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import Talk
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLeg:
    """The call to the colleague, as its webhook names it."""

    call_sid: str
    parent_sid: str
    """The call it was dialled from. Unless it is the attempt's own call, we have nothing to say to it."""


def hear_whisper(unit: Unit, attempt_id: AttemptId, n: int, leg: SecondLeg, now: datetime) -> Connect | None:
    """Return what the colleague rung in turn n is to hear; None when no callee waits for them any more."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return None
    with CaseFile(unit, case, now) as file:
        waiting = _waiting(file, unit.attempts.get(attempt_id), n, leg)
        if waiting is None:
            return None
        file.note("person_answered", attempt=attempt_id, n=n, call=leg.call_sid)
        return waiting[1]


def take_call(unit: Unit, attempt_id: AttemptId, n: int, leg: SecondLeg, key: str, now: datetime) -> bool:
    """Record the key a colleague pressed. Returns True if they and the callee are to be joined."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return False
    with CaseFile(unit, case, now) as file:
        waiting = _waiting(file, unit.attempts.get(attempt_id), n, leg)
        if waiting is None or key != waiting[1].key:
            return False
        talk, _ = waiting
        conversation = talk.conversation
        joined = replace(conversation, flags=conversation.flags | {accepted_flag(n)})
        unit.talks.save(talk.with_conversation(joined))
        file.note("person_joined", "person", attempt=attempt_id, n=n, call=leg.call_sid)
        return True


def accepted_flag(n: int) -> str:
    """Return the flag that says the colleague rung in turn n accepted the call."""
    return f"person_took_{n}"


def colleague_input(given: Input, before: Conversation) -> Input:
    """Correct how a colleague's call went: one who picked up but did not accept has declined, whatever the provider
    reports."""
    if (
        isinstance(given, PersonLeft)
        and given.how is TransferResult.TALKED
        and accepted_flag(before.turns - 1) not in before.flags
    ):
        return PersonLeft(TransferResult.DECLINED)
    return given


def _waiting(file: CaseFile, attempt: Attempt, n: int, leg: SecondLeg) -> tuple[Talk, Connect] | None:
    """Return the conversation that waits in turn n for exactly this leg, and the connect instruction; None if there
    is none."""
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    if attempt.state not in LIVE or attempt.call_sid != leg.parent_sid:
        return None
    if talk is None or talk.finished or talk.turns - 1 != n:
        return None
    spoken = file.unit.talks.turn(attempt.id, file.case.customer_id, n)
    connect = None if spoken is None else Turn.from_json(spoken.turn).connect
    return None if connect is None else (talk, connect)
