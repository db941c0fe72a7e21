"""Events of the conference in which a customer waits: they come in any order, and for calls that are unknown."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from wakeup.domain.attempt import AttemptState
from wakeup.domain.ids import AttemptId, CallSid, CaseId
from wakeup.usecases.agents.room_events import record_room_event
from wakeup.usecases.inputs import RoomEvent

OWN, STRANGER = "CA" + "1" * 32, "CA" + "9" * 32


def told(event: str, call: str | None = OWN, sequence: int = 1) -> RoomEvent:
    return RoomEvent(room_sid="CF" + "1" * 32, event=event, call_sid=call, sequence=sequence, raw="")


@pytest.fixture
def attempt(desk: Desk) -> AttemptId:
    """The customer's call, which was answered."""
    case_id = CaseId(desk.flag(1).case_id)
    [planned] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    live = replace(
        planned, state=AttemptState.ANSWERED, call_sid=CallSid(OWN), intent_at=T0, from_number="+6531580001",
        answered_at=T0, check_at=T0 + MINUTE,
    )  # fmt: skip
    desk.run(lambda unit: unit.attempts.save(live))
    return live.id


def kinds(desk: Desk, attempt: AttemptId) -> list[str]:
    case_id = desk.run(lambda unit: unit.attempts.get(attempt)).case_id
    return [row["kind"] for row in desk.timeline(case_id)]


@pytest.mark.parametrize("order", list(permutations(["participant-join", "participant-leave", "conference-end"])))
def test_leaving_out_of_order_changes_nothing(desk: Desk, attempt: AttemptId, order: tuple[str, ...]) -> None:
    before = desk.run(lambda unit: unit.attempts.get(attempt))
    for n, event in enumerate(order):
        call = None if event.startswith("conference") else OWN
        assert desk.run(record_room_event, attempt, told(event, call, n), T0) is None
    assert desk.run(lambda unit: unit.attempts.get(attempt)) == before
    assert "room_stranger" not in kinds(desk, attempt)


def test_an_unknown_leg_is_cut_once_it_enters(desk: Desk, attempt: AttemptId) -> None:
    entered = told("participant-join", STRANGER)
    assert desk.run(record_room_event, attempt, entered, T0) == STRANGER
    assert desk.run(record_room_event, attempt, entered, T0) == STRANGER, "nobody may have heard the first time"
    assert desk.run(record_room_event, attempt, told("participant-leave", STRANGER, 2), T0) is None
    assert kinds(desk, attempt).count("room_stranger") == 1


def test_a_room_of_a_call_that_never_was_changes_nothing(desk: Desk) -> None:
    assert desk.run(record_room_event, AttemptId("att_none"), told("participant-join"), T0) == OWN
