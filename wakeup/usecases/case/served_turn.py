"""Turns as they were served: each is stored with the input that led to it. In calls without a script, a repeated
request returns the same turn."""

from __future__ import annotations

from collections.abc import Callable

from wakeup.domain.attempt import LIVE, Attempt, AttemptEvent, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Answered, Input, Keys, MeetingNews, PersonLeft, Recorded, Speech, Turn
from wakeup.ivr.turn_length import length_of
from wakeup.usecases.case.calls import advance_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import SpokenTurn


def served_turn(
    file: CaseFile, attempt: Attempt, n: int, given: Input, speak: Callable[[], Turn | None]
) -> Turn | None:
    """Return turn n of a call without a script. `speak` creates it if it was not served before and the call is live;
    None ends the call silently, as does a turn that was served and cannot be read any more."""
    spoken = file.unit.talks.turn(attempt.id, file.case.customer_id, n)
    if spoken is not None:
        return Turn.from_json(spoken.turn)
    if attempt.state not in LIVE or file.unit.talks.was_served(attempt.id, n):
        return None
    advance_call(file, attempt, AttemptEvent.ANSWER)
    turn = speak()
    if turn is not None:
        record_turn(file, attempt.id, turn, input_kind(given))
    return turn


def record_turn(file: CaseFile, attempt_id: AttemptId, turn: Turn, heard: str) -> None:
    """Store a turn as it is served. `heard` is the input that led to it."""
    if turn.ends:
        _end_soon(file, attempt_id, turn)
    file.unit.talks.add_turn(
        SpokenTurn(
            attempt_id=attempt_id,
            customer_id=file.case.customer_id,
            n=turn.n,
            at=file.now,
            turn=turn.to_json(),
            input=heard,
        )
    )


def _end_soon(file: CaseFile, attempt_id: AttemptId, turn: Turn) -> None:
    """Note that the call ends after these words. Its end may never be reported, so the call is checked soon. From now
    on nobody may quote its code: these words, which are still to be heard, do not."""
    call, length = file.unit.attempts.get(attempt_id), length_of(turn)
    if call.state is not AttemptState.ANSWERED or call.check_at is None or length is None:
        return
    over = file.now + length + file.unit.policy.tempo.watchdog
    file.unit.attempts.save(replace(call, call_code=None, check_at=min(call.check_at, over)))
    if over < call.check_at:
        file.unit.wakes.add("reconcile")


def input_kind(given: Input) -> str:
    """Return the kind of the input and the keys pressed, but no words spoken."""
    return f"keys {given.digits}" if isinstance(given, Keys) else given.kind


def input_told(given: Input) -> str:
    """Return the input with its details, as the conversation of a callee stores it."""
    match given:
        case Speech():
            return f"speech {given.text}"
        case PersonLeft() | MeetingNews():
            return f"{'person' if isinstance(given, PersonLeft) else 'meeting'} {given.how}"
        case Recorded():
            return f"recorded {given.sid or 'nothing'} {given.seconds} s"
        case Answered():
            return f"answered {given.by}"
        case _:
            return input_kind(given)
