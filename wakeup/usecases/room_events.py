"""Who enters and leaves the room in which a customer waits. Such news is kept, comes in any order, and moves nothing:
how a hand-over goes is told by the calls themselves. Only a leg that nobody knows is acted upon: it is cut."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import AttemptId
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.inputs import RoomEvent
from wakeup.usecases.records import CallEvent
from wakeup.usecases.unit import Unit

JOINED = "participant-join"


def take_room_event(unit: Unit, attempt_id: AttemptId, told: RoomEvent, now: datetime) -> str | None:
    """`attempt_id`: whose document named the room. Answers the SID of a call that must be cut."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return told.call_sid
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        if not _keep(file, attempt, told) or told.call_sid is None:
            return None
        if told.call_sid in _known(file) or told.event != JOINED:
            return None
        file.note("room_stranger", attempt=attempt.id, call=told.call_sid)
        return told.call_sid


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
