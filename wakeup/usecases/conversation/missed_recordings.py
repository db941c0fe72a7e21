"""Recordings of ended calls that the phone company did not report: it tries a callback for some seconds only. It is
asked for them, because a recording that we do not know of would never be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.recording_consent import is_recorded, keep_recording
from wakeup.usecases.conversation.recording_retention import register_recording
from wakeup.usecases.ports import RemoteRecording
from wakeup.usecases.unit import Unit

WAITS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(days=1))
"""How long after the end of the call, and after each question, the phone company is asked. Nothing comes after the
last."""


def look_later(file: CaseFile, attempt: Attempt, *, asked: bool) -> None:
    """Set the time at which a report of this ended call's recording is overdue, if it was recorded.

    `asked`: we know of the end only because we asked; then what was recorded may not be known here either. Nor is it if
    the customer's key cannot be read.
    """
    if not file.unit.policy.recording or attempt.call_sid is None:
        return
    answered = attempt.disposition is Disposition.ANSWERED
    if (answered and (asked or is_unreadable(file))) or is_recorded(file, attempt):
        file.unit.attempts.save(replace(attempt, check_at=file.now + WAITS[0], checks=0))


def is_overdue(file: CaseFile, attempt: Attempt) -> bool:
    """True if the phone company must be asked now for the recordings of this ended call. Sets the time of the next
    question."""
    missed = attempt.call_sid is not None and not file.unit.records.recording_reported(attempt.id)
    checks = attempt.checks + 1
    again = missed and checks < len(WAITS)
    check_at = file.now + WAITS[checks] if again else None
    file.unit.attempts.save(replace(attempt, check_at=check_at, checks=checks))
    return missed


def take_recordings(unit: Unit, attempt_id: AttemptId, found: Sequence[RemoteRecording], now: datetime) -> None:
    """Record what the phone company has recorded of this call."""
    call_sid = unit.attempts.get(attempt_id).call_sid
    for one in found:
        if call_sid is not None and one.seconds is not None:
            keep_recording(unit, attempt_id, call_sid, one.sid, one.seconds, now)


def expect_recording(unit: Unit, attempt_id: AttemptId, recording: str, now: datetime) -> None:
    """Register a recording that has just begun, so that it is deleted when its time is over, whatever becomes of the
    report of its end."""
    case = unit.cases.lock_of(attempt_id)
    if case is not None:
        with CaseFile(unit, case, now) as file:
            register_recording(file, unit.attempts.get(attempt_id), recording)
