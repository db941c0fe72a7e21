"""Conference events: who enters and leaves the conference in which a customer waits.

The events are stored, come in any order, and do not change a hand-over: its progress is known from the calls
themselves, which are checked when a participant has left or does not come. Only an unknown call is acted upon: it
is cut.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.ids import AttemptId
from wakeup.usecases.agents.human_talks import current_human_talk
from wakeup.usecases.agents.offers import ask_about
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.inputs import RoomEvent
from wakeup.usecases.records import CallEvent
from wakeup.usecases.unit import Unit

JOINED, LEFT = "participant-join", "participant-leave"
SOON = timedelta(seconds=2)
"""Delay before a call that left the conference is checked: as a rule the phone company reports its end by itself."""


def record_room_event(unit: Unit, attempt_id: AttemptId, told: RoomEvent, now: datetime) -> str | None:
    """Record a conference event. Returns the SID of a call that must be cut.

    `attempt_id` is the attempt whose TwiML document named the conference.
    """
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
        # On a repeat our answer may have been lost. Cutting twice does no harm, but a foreign call that stays
        # does.
        return told.call_sid


def _look(file: CaseFile, told: RoomEvent) -> None:
    """Stop waiting for an agent who has joined; have the call of a participant who left checked."""
    call = next(a for a in file.calls() if a.call_sid == told.call_sid)
    human_talk = current_human_talk(file.unit, file.case.id, call=call.id)
    if told.event == LEFT and (human_talk is not None or _waited(file, call)):
        ask_about(file, call.id, file.now + SOON)
    elif human_talk is not None and told.event == JOINED and call.id == human_talk.offer:
        file.unit.hand_overs.save(replace(human_talk, due_at=None))


def _waited(file: CaseFile, call: Attempt) -> bool:
    """True if the person on this call waits for an agent, as far as we know."""
    waits = file.unit.hand_overs.of_case(file.case.id)
    return any(one.state is HandOverState.WAITING and one.attempt_id == call.id for one in waits)


def _known(file: CaseFile) -> set[str]:
    """Return the SIDs of all calls of this case."""
    return {a.call_sid for a in file.calls() if a.call_sid is not None}


def _keep(file: CaseFile, attempt: Attempt, told: RoomEvent) -> bool:
    return file.unit.records.call_event(
        CallEvent(
            call_sid=told.call_sid or told.room_sid, source="room", sequence=told.sequence, event=told.event,
            attempt_id=attempt.id, customer_id=file.case.customer_id, received_at=file.now, raw=told.raw,
        )
    )  # fmt: skip
