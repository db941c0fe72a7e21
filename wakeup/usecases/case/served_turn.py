"""Turns of calls that follow no script: a repeated request returns the same turn, and each turn is stored as it was
heard."""

from __future__ import annotations

from collections.abc import Callable

from wakeup.domain.attempt import LIVE, Attempt, AttemptEvent
from wakeup.ivr.turn import Input, Keys, Turn
from wakeup.usecases.case.calls import advance_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import SpokenTurn


def served_turn(
    file: CaseFile, attempt: Attempt, n: int, given: Input, speak: Callable[[], Turn | None]
) -> Turn | None:
    """Return turn n. `speak` creates it if it was not served before and the call is live; None ends the call
    silently."""
    talks, customer_id = file.unit.talks, file.case.customer_id
    spoken = talks.turn(attempt.id, customer_id, n)
    if spoken is not None:
        return Turn.from_json(spoken.turn)
    if attempt.state not in LIVE:
        return None
    advance_call(file, attempt, AttemptEvent.ANSWER)
    turn = speak()
    if turn is not None:
        talks.add_turn(
            SpokenTurn(
                attempt_id=attempt.id, customer_id=customer_id, n=n, at=file.now, turn=turn.to_json(),
                input=_shown(given),
            )
        )  # fmt: skip
    return turn


def _shown(given: Input) -> str:
    return f"keys {given.digits}" if isinstance(given, Keys) else type(given).__name__.lower()
