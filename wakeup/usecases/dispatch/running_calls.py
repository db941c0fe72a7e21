"""When to ask the provider whether an answered call still runs. Its end may never be reported, and until it is known it
holds a line, the callee's number and the call code.

A turn proves that the call runs, and most are shorter than `RUNS_FOR`, so as a rule nothing is asked: the check only
moves on. Turns write nothing for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.hand_over import OPEN
from wakeup.ivr.turn import Turn
from wakeup.usecases.case.calls import RUNS_FOR
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.visits import visited_human_talk


def in_a_turn_until(file: CaseFile, call: Attempt) -> datetime | None:
    """Return until when the call counts as running because of its newest turn. None where the provider must be asked:
    that is past, or the callee is connected to somebody and makes no turns.

    A call that is in doubt (`Attempt.checks`), or lasts longer than any script, is asked about whatever its turns say.
    """
    if call.answered_at is None or call.checks != 0:
        return None
    if file.now >= call.answered_at + file.unit.policy.calling.time_limit:
        return None
    spoken = file.unit.talks.newest_turn(call.id, file.case.customer_id)
    if spoken is None:
        return None
    turn, until = Turn.from_json(spoken.turn), spoken.at + RUNS_FOR
    connected = turn.room is not None or turn.connect is not None
    return until if until > file.now and not connected else None


def next_question_at(file: CaseFile, call: Attempt, soon: timedelta) -> datetime:
    """Return when to ask again about a call that was in progress when asked: after `soon` if it has to leave the
    conference it is in, because the talk there is over."""
    return file.now + (soon if _is_to_leave(file, call) else RUNS_FOR)


def _is_to_leave(file: CaseFile, call: Attempt) -> bool:
    match call.errand:
        case Errand.GUEST:
            visit = file.unit.guests.get(call.id)
            return visit is not None and visited_human_talk(file, visit) is None
        case Errand.LISTENER:
            listener = file.unit.listeners.get(call.id)
            return listener is not None and visited_human_talk(file, listener) is None
        case _:
            over = [one for one in file.unit.hand_overs.of_case(file.case.id) if one.state not in OPEN]
            return any(call.id == one.offer or (call.id == one.attempt_id and not one.came_back) for one in over)
