"""Who enters and leaves the room in which a customer waits. Such news is kept, comes in any order, and moves nothing:
how a hand-over goes is told by the calls themselves, which are asked about when somebody has left, or does not come.
Only a leg that nobody knows is acted upon: it is cut."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.ids import AttemptId
from wakeup.usecases.agents.offers import ask_about
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.inputs import RoomEvent
from wakeup.usecases.records import CallEvent
from wakeup.usecases.unit import Unit

JOINED, LEFT = "participant-join", "participant-leave"
SOON = timedelta(seconds=2)
"""The end of a call is told by itself, as a rule; only then is it asked for."""


def take_room_event(unit: Unit, attempt_id: AttemptId, told: RoomEvent, now: datetime) -> str | None:
    """`attempt_id`: whose document named the room. Answers the SID of a call that must be cut."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return told.call_sid
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        fresh = _keep(file, attempt, told)
        if told.call_sid is None:
            return None
        if told.call_sid in _known(file):
            if fresh:
                _look(file, told)
            return None
        if told.event != JOINED:
            return None
        if fresh:
            file.note("room_stranger", attempt=attempt.id, call=told.call_sid)
        # Told again our answer may have been lost: cutting twice does no harm, a stranger who stays does.
        return told.call_sid


def _look(file: CaseFile, told: RoomEvent) -> None:
    """An agent who has come is not missed any more; whoever has left a talk is asked about."""
    call = next(a for a in file.unit.attempts.of_case(file.case.id) if a.call_sid == told.call_sid)
    talks = [one for one in file.unit.hand_overs.of_case(file.case.id) if one.state is HandOverState.JOINED]
    talk = next((one for one in talks if call.id in {one.offer, one.attempt_id}), None)
    if talk is None:
        return
    if told.event == JOINED and call.id == talk.offer:
        file.unit.hand_overs.save(replace(talk, due_at=None))
    elif told.event == LEFT:
        ask_about(file, call.id, file.now + SOON)


def _known(file: CaseFile) -> set[str]:
    """Calls of this case, whoever they are to."""
    return {a.call_sid for a in file.unit.attempts.of_case(file.case.id) if a.call_sid is not None}


def _keep(file: CaseFile, attempt: Attempt, told: RoomEvent) -> bool:
    return file.unit.records.call_event(
        CallEvent(
            call_sid=told.call_sid or told.room_sid, source="room", sequence=told.sequence, event=told.event,
            attempt_id=attempt.id, customer_id=file.case.customer_id, received_at=file.now, raw=told.raw,
        )
    )  # fmt: skip
