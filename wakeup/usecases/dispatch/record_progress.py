"""Record a call event of the provider: store it as received, merge it by rank, and do what the end of a call
requires."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import LIVE, Attempt, AttemptEvent, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.case.notify_customer import text_missed_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.missed_recordings import look_later
from wakeup.usecases.conversation.talk import end_talk
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.inputs import CallReport, Line
from wakeup.usecases.records import CallEvent
from wakeup.usecases.unit import Unit


def record_progress(unit: Unit, attempt_id: AttemptId, report: CallReport, now: datetime) -> str | None:
    """Record one event. Returns the SID of a call that must be cut because it is not the call of its attempt."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return report.call_sid
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        _keep(file, attempt, report)
        return apply_report(file, attempt, report)


def apply_report(file: CaseFile, attempt: Attempt, report: CallReport, *, asked: bool = False) -> str | None:
    """Do the work of `record_progress` for a case that is already locked. `asked`: the report is the answer to a
    question of ours."""
    line = Line(call_sid=report.call_sid, to=report.to, from_=report.from_)
    bound = bind(file, attempt, report.call_sid, line)
    if bound is None:
        return None if report.event is AttemptEvent.END else report.call_sid
    if _was_given_up(bound) and report.event is not AttemptEvent.END:
        file.note("stranger_cut", attempt=attempt.id, call=report.call_sid)
        return report.call_sid
    if report.answered_by is not None and bound.answered_by is None:
        bound = replace(bound, answered_by=report.answered_by)
        file.unit.attempts.save(bound)
    moved = advance_call(file, bound, report.event, report.disposition)
    if moved.state is AttemptState.ENDED and bound.state in LIVE:
        after_call(file, moved)
        look_later(file, file.unit.attempts.get(moved.id), asked=asked)
    return None


def _was_given_up(attempt: Attempt) -> bool:
    """True if the provider did not know this call any more when it was asked (`call_vanished`). Its number counts as
    free since, and may be on another call by now."""
    return attempt.state is AttemptState.ENDED and attempt.disposition is Disposition.UNKNOWN


def after_call(file: CaseFile, attempt: Attempt) -> None:
    """Handle the end of a call: store what was learned as evidence, decide what is clear, and plan the next call
    for what is left open."""
    end_talk(file, attempt)
    ended = file.unit.attempts.get(attempt.id)
    text_missed_call(file, ended)
    settle_file(file)
    plan_what_follows(file, ended)


def _keep(file: CaseFile, attempt: Attempt, report: CallReport) -> None:
    file.unit.records.call_event(
        CallEvent(
            call_sid=report.call_sid,
            source=report.source,
            sequence=-1 if report.sequence is None else report.sequence,
            event=f"{report.event}:{report.disposition or ''}",
            attempt_id=attempt.id,
            customer_id=file.case.customer_id,
            received_at=file.now,
            raw=report.raw,
        )
    )
