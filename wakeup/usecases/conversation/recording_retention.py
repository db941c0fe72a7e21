"""Retention of recordings, and their deletion: at the phone company, and recorded here afterwards.

Deletion is idempotent, so one with unknown result is requested again. That a call was recorded, and when the
recording was deleted, stays in the timeline.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.case import CaseState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.recording import KeptRecording
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.unit import Unit

LEASE = timedelta(minutes=10)
"""Delay after which a deletion is requested again if it did not happen."""
LOOK_AGAIN = timedelta(days=1)
"""How often it is checked whether what keeps a recording beyond its time still does."""


def register_recording(file: CaseFile, attempt: Attempt, sid: str) -> None:
    """Register a recording of this call. A repeat changes nothing; an erased customer's recording is deleted at
    once."""
    if file.unit.recordings.get(sid) is None:
        known = file.unit.customers.is_known(file.case.customer_id)
        kept = file.unit.policy.retention.recordings if known else timedelta()
        file.unit.recordings.add(
            KeptRecording(
                sid=sid, case_id=file.case.id, customer_id=file.case.customer_id, attempt_id=attempt.id,
                made_at=file.now, delete_at=file.now + kept,
            )
        )  # fmt: skip
        file.unit.wakes.add("retention")


def due_recordings(unit: Unit, now: datetime, limit: int) -> Due[str]:
    return if_due(unit.recordings.next_due(), now, lambda: [one.sid for one in unit.recordings.due(now, limit)])


def begin_deletion(unit: Unit, sid: str, now: datetime) -> bool:
    """True if the recording is to be deleted at the phone company now. An unsettled case keeps its recordings, and
    so does a legal hold."""
    found = unit.recordings.get(sid)
    if found is None:
        return False
    with CaseFile(unit, unit.cases.lock(found.case_id), now) as file:
        recording = unit.recordings.get(sid)
        if recording is None or recording.delete_at is None or recording.delete_at > now:
            return False
        hold = unit.retention.legal_hold(recording.customer_id)
        needed = hold is not None or file.case.state is not CaseState.SETTLED
        unit.recordings.save(replace(recording, delete_at=now + (LOOK_AGAIN if needed else LEASE)))
        return not needed


def end_deletion(unit: Unit, sid: str, now: datetime) -> None:
    """Record that the phone company has deleted the recording."""
    found = unit.recordings.get(sid)
    if found is None:
        return
    with CaseFile(unit, unit.cases.lock(found.case_id), now) as file:
        recording = unit.recordings.get(sid)
        if recording is not None and recording.deleted_at is None:
            unit.recordings.save(replace(recording, delete_at=None, deleted_at=now))
            file.note("recording_deleted", attempt=recording.attempt_id, recording=sid)
