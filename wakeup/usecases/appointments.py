"""An appointment to call again: the time that is said in the call, and the ringing that is planned for it."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.appointment import appointment, last_start
from wakeup.domain.attempt import OVER, Attempt
from wakeup.domain.ids import AttemptId
from wakeup.domain.transfer import TransferState
from wakeup.usecases.casefile import CaseFile


def time_to_call_again(file: CaseFile) -> datetime | None:
    """What may be promised now. None when no call would come: no time left, no more calls wanted, or none allowed."""
    settles_at = _settles_at(file)
    calling = file.unit.policy.calling
    rung = len(file.unit.attempts.of_case(file.case.id))
    if settles_at is None or file.case.no_calls or rung >= calling.max_calls_per_case:
        return None
    return appointment(file.now, settles_at, file.case.timezone, calling)


def plan_appointment(file: CaseFile, asked_in: Attempt) -> None:
    """The ringing at the time that was said in this very turn."""
    at, settles_at = time_to_call_again(file), _settles_at(file)
    if at is None or settles_at is None:
        file.note("callback_wished", attempt=asked_in.id, due_at=None)
        return
    others = [a for a in file.unit.attempts.of_case(file.case.id) if a.id != asked_in.id]
    if any(a.party_id == asked_in.party_id and a.state not in OVER for a in others):
        # Another call to them is planned already: two would be one too many.
        file.note("callback_wished", attempt=asked_in.id, due_at=None)
        return
    planned = Attempt(
        id=AttemptId(file.unit.ids.new("att")),
        case_id=file.case.id,
        party_id=asked_in.party_id,
        number_index=asked_in.number_index,
        n=len(others) + 2,
        due_at=at,
        latest_start=last_start(settles_at, file.unit.policy.calling),
        value=asked_in.value,
        turn=asked_in.turn,
    )
    file.unit.attempts.add(planned)
    file.note("callback_wished", attempt=asked_in.id, due_at=at.isoformat())
    file.note("attempt_planned", attempt=planned.id, n=planned.n, party=planned.party_id, due_at=at.isoformat())
    file.unit.wakes.add("dispatch")


def _settles_at(file: CaseFile) -> datetime | None:
    pending = [t.settle_at for t in file.transfers() if t.state is TransferState.PENDING]
    return max(pending, default=None)
