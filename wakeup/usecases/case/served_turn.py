"""Turns as they were served: each is stored with the input that led to it. In calls without a script, a repeated
request returns the same turn."""

from __future__ import annotations

from collections.abc import Callable

from wakeup.domain.attempt import LIVE, Attempt, AttemptEvent
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Answered, Input, Keys, MeetingNews, PersonLeft, Recorded, Speech, Turn
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
        _delete_call_code(file, attempt_id)
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


def _delete_call_code(file: CaseFile, attempt_id: AttemptId) -> None:
    """From our last words on nobody may quote the code of this call: the words, which are still to be heard, do not."""
    call = file.unit.attempts.get(attempt_id)
    if call.call_code is not None:
        file.unit.attempts.save(replace(call, call_code=None))


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
