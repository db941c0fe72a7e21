"""How long recordings are kept and who may have them deleted: never while their case needs them, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import POLICY, Desk
from wakeup.domain.case import CaseEvent
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import CallSid, CaseId
from wakeup.domain.policy import Retention
from wakeup.usecases.conversation.recording_consent import keep_recording
from wakeup.usecases.conversation.recording_retention import (
    LEASE,
    LOOK_AGAIN,
    begin_deletion,
    due_recordings,
    end_deletion,
)
from wakeup.usecases.desk.play_recording import listen

SID, CALL = "RE" + "1" * 32, "CA" + "1" * 32
DAY = timedelta(days=1)
LATER = T0 + 30 * DAY


@pytest.fixture
def desk() -> Desk:
    return Desk(replace(POLICY, retention=Retention(recordings=30 * DAY)))


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    """The case of a recorded call."""
    case_id = CaseId(desk.flag(1).case_id)
    [call] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    desk.run(lambda unit: unit.attempts.save(replace(call, call_sid=CallSid(CALL))))
    for _ in range(2):
        desk.run(keep_recording, call.id, CALL, SID, 70, T0)
    return case_id


def due(desk: Desk, now: datetime) -> list[str]:
    return list(desk.run(due_recordings, now, 10).found)


def settle(desk: Desk, case_id: CaseId) -> None:
    desk.on(case_id, T0, lambda file: file.move(CaseEvent.SETTLE))


def test_a_recording_is_due_when_its_time_is_over_and_is_deleted_once(desk: Desk, case_id: CaseId) -> None:
    settle(desk, case_id)
    assert due(desk, LATER - DAY) == [] and due(desk, LATER) == [SID]
    assert not desk.run(begin_deletion, SID, LATER - DAY)
    assert desk.run(begin_deletion, SID, LATER)
    assert not desk.run(begin_deletion, SID, LATER), "another node has begun it"
    assert due(desk, LATER + LEASE) == [SID], "nobody said that it has happened"
    for at in (LATER + LEASE, LATER + 2 * LEASE):
        desk.run(end_deletion, SID, at)
    assert due(desk, LATER + 9 * DAY) == []
    [told] = [row for row in desk.timeline(case_id) if row["kind"] == "recording_deleted"]
    assert told["recording"] == SID


def test_a_case_that_is_not_settled_keeps_what_was_said(desk: Desk, case_id: CaseId) -> None:
    assert not desk.run(begin_deletion, SID, LATER)
    assert due(desk, LATER) == [] and due(desk, LATER + LOOK_AGAIN) == [SID]
    settle(desk, case_id)
    assert desk.run(begin_deletion, SID, LATER + LOOK_AGAIN)


def test_a_deleted_recording_is_not_played(desk: Desk, case_id: CaseId) -> None:
    hire(desk, a_staff("kim"))
    desk.run(listen, order(desk, "kim", case_id), SID, T0)
    desk.run(end_deletion, SID, LATER)
    with pytest.raises(NotFoundError):
        desk.run(listen, order(desk, "kim", case_id), SID, LATER)


def test_an_unknown_recording_is_not_deleted(desk: Desk) -> None:
    assert not desk.run(begin_deletion, "RE" + "2" * 32, LATER)
    desk.run(end_deletion, "RE" + "2" * 32, LATER)
