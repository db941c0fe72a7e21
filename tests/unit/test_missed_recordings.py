"""The phone company is asked for a recording that it did not report: a few times, and only where one may be missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import POLICY, Desk
from tests.unit.test_calls_merge import current, dialled
from tests.unit.test_recording_flags import CONVERSATION
from wakeup.domain.attempt import Attempt, AttemptEvent
from wakeup.domain.case import Case
from wakeup.domain.outcome import Disposition
from wakeup.domain.policy import Consent
from wakeup.usecases.case.calls import bind
from wakeup.usecases.conversation.missed_recordings import WAITS, expect_recording, take_recordings
from wakeup.usecases.conversation.recording_consent import BEGUN, keep_recording
from wakeup.usecases.dispatch.reconcile import check, checks_due, record_fetch
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.inputs import CallReport
from wakeup.usecases.ports import RemoteCall, RemoteRecording
from wakeup.usecases.records import Talk

CALL, SID = "CA1", "RE" + "1" * 32
OVER = T0 + MINUTE
OVERDUE = OVER + WAITS[0]
END = CallReport(
    call_sid=CALL, event=AttemptEvent.END, disposition=Disposition.ANSWERED, source="status", to="+6590000001",
    from_="+6531580001",
)  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    return Desk(replace(POLICY, recording={"SG": Consent.NOTICE}))


def ended(desk: Desk, *, recorded: bool = True, asked: bool = False) -> Attempt:
    """A call that is over. `asked`: its end was found out by asking."""
    case_id, attempt = dialled(desk)
    desk.on(case_id, T0, lambda file: bind(file, attempt, CALL))
    if recorded:
        desk.run(lambda unit: unit.talks.add(talk(attempt, unit.cases.lock(case_id))))
    if asked:
        call = RemoteCall(report=END, created_at=T0, outbound=True, queued=False)
        desk.run(record_fetch, attempt.id, call, OVER)
    else:
        desk.run(record_progress, attempt.id, END, OVER)
    return current(desk, attempt.id)


def talk(attempt: Attempt, case: Case) -> Talk:
    return Talk(
        attempt_id=attempt.id, case_id=case.id, customer_id=case.customer_id, turns=1, finished=True, started_at=T0,
        turned_at=T0, state=replace(CONVERSATION, flags=frozenset({BEGUN})).to_json(), named=(),
    )  # fmt: skip


def asks(desk: Desk, attempt: Attempt, now: datetime) -> bool:
    """True if the phone company is asked about recordings now."""
    if attempt.id not in desk.run(checks_due, now, 9).found:
        return False
    question = desk.run(check, attempt.id, now)
    return question is not None and question.over


def known(desk: Desk, attempt: Attempt) -> list[str]:
    return [one.sid for one in desk.run(lambda unit: unit.recordings.of_case(attempt.case_id))]


def test_the_phone_company_is_asked_when_the_report_is_overdue_and_not_for_ever(desk: Desk) -> None:
    attempt = ended(desk)
    assert not asks(desk, attempt, OVERDUE - timedelta(seconds=1))
    at, times = OVERDUE, 0
    for wait in (*WAITS[1:], timedelta(days=30)):
        times += asks(desk, attempt, at)
        assert not asks(desk, attempt, at), "once"
        at += wait
    assert times == len(WAITS)
    assert not asks(desk, attempt, at)


def test_a_recording_that_was_found_can_be_heard_and_is_deleted_in_time(desk: Desk) -> None:
    attempt = ended(desk)
    assert asks(desk, attempt, OVERDUE)
    desk.run(take_recordings, attempt.id, [RemoteRecording(sid=SID, seconds=None)], OVERDUE)
    assert known(desk, attempt) == [], "it is not complete"
    desk.run(take_recordings, attempt.id, [RemoteRecording(sid=SID, seconds=31)], OVERDUE)
    assert known(desk, attempt) == [SID]
    [told] = [row for row in desk.timeline(attempt.case_id) if row["kind"] == "call_recorded"]
    assert (told["recording"], told["seconds"]) == (SID, 31)
    assert not asks(desk, attempt, OVERDUE + WAITS[1])


def test_a_recording_that_was_expected_and_reported_is_not_asked_for(desk: Desk) -> None:
    attempt = ended(desk)
    desk.run(expect_recording, attempt.id, SID, T0)
    desk.run(keep_recording, attempt.id, CALL, SID, 31, OVER)
    assert not asks(desk, attempt, OVERDUE)
    assert known(desk, attempt) == [SID]


def test_a_call_that_was_not_recorded_is_not_asked_about(desk: Desk) -> None:
    assert not asks(desk, ended(desk, recorded=False), OVERDUE)


def test_a_call_whose_end_was_asked_for_is_asked_about_whatever_is_known_here(desk: Desk) -> None:
    """A restored copy may be older than the beginning of the recording."""
    assert asks(desk, ended(desk, recorded=False, asked=True), OVERDUE)


def test_where_nothing_is_recorded_no_call_is_asked_about() -> None:
    desk = Desk()
    assert not asks(desk, ended(desk, asked=True), OVERDUE)
