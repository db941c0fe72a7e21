"""More calls are due than the lines can carry: those for which a person waits on the line come before the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.agents_at_desk import comes_to_work, listens, on_the_line, takes_it, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order
from tests.unit.desk import DIALLING, PHONE, Desk, take_claims
from tests.unit.guardian_steps import guardian
from tests.unit.test_overload import ONE, a_desk, attempts, flag
from wakeup.domain.attempt import Attempt, AttemptState, Errand
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.staff import StaffRole
from wakeup.usecases.case.planning import add_call, draft_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.conference_call import ring_for_company
from wakeup.usecases.desk.bring_guardian import bring_guardian

FEW = 3
WELL_AFTER = timedelta(seconds=5)


@pytest.fixture
def desk() -> Desk:
    """Kim is at work, and a customer with a small payment is on the line."""
    desk = a_desk()
    comes_to_work(desk, "kim", "+6531580101")
    return desk


def small(desk: Desk) -> Attempt:
    return on_the_line(desk, flag(desk, 100, 60, phone=PHONE, guardians=(guardian(),)))


def talks(desk: Desk) -> HandOver:
    return takes_it(desk, waits(desk, small(desk)))


def in_a_wave(desk: Desk, lines: int) -> list[Attempt]:
    """Many large payments are due. Returns the calls that get a line."""
    for _ in range(20):
        flag(desk, 90_000, 20)
    account = replace(ONE, max_concurrent=lines)
    found = desk.run(take_claims, T0 + WELL_AFTER, 32, replace(DIALLING, account=account))
    return [desk.run(lambda unit, one: unit.attempts.get(one), claim.attempt_id) for claim in found]


def newest(desk: Desk, case_id: CaseId) -> AttemptId:
    [*_, call] = [one for one in attempts(desk, case_id) if one.state is AttemptState.PLANNED]
    return call.id


def test_an_agent_is_rung_for_a_customer_who_waits(desk: Desk) -> None:
    offer = waits(desk, small(desk)).offer
    assert [one.id for one in in_a_wave(desk, 2)] == [offer]


def test_one_line_more_goes_to_the_plan(desk: Desk) -> None:
    offer = waits(desk, small(desk)).offer
    first, second = in_a_wave(desk, 3)
    assert first.id == offer and second.value > 1_000_000


def test_they_wait_for_a_line_like_all_others(desk: Desk) -> None:
    waits(desk, small(desk))
    assert in_a_wave(desk, 1) == []


def test_a_guardian_is_rung_for_a_talk(desk: Desk) -> None:
    talk = talks(desk)
    desk.run(bring_guardian, order(desk, "kim", talk.case_id), T0, agreed=True)
    assert newest(desk, talk.case_id) in {one.id for one in in_a_wave(desk, FEW)}


def test_a_supervisor_is_rung_for_a_talk(desk: Desk) -> None:
    talk = talks(desk)
    comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    listens(desk, "sue", talk)
    assert newest(desk, talk.case_id) in {one.id for one in in_a_wave(desk, FEW)}


def test_a_guardian_is_rung_for_a_customer_who_waits_for_company(desk: Desk) -> None:
    call = small(desk)
    desk.on(call.case_id, T0, lambda file: ring_for_company(file, call))
    company = newest(desk, call.case_id)
    assert [one.id for one in in_a_wave(desk, 2)] == [company]


@pytest.mark.parametrize("live", [True, False])
def test_an_appointment_takes_its_place_in_the_plan(desk: Desk, live: bool) -> None:
    """Its callee was told a time and waits for minutes, whether another call of the case is under way or not."""
    case_id = flag(desk, 100, 60, phone=PHONE, guardians=(guardian(),))
    [call] = attempts(desk, case_id)
    if live:
        on_the_line(desk, case_id)
    later = T0 + (15 * MINUTE if live else MINUTE)

    def promise(file: CaseFile) -> None:
        party = file.unit.parties.get(call.party_id, file.case.customer_id)
        draft = draft_call(file, party, Errand.APPOINTMENT, due_at=T0, latest_start=later, like=call)
        add_call(file, replace(draft, number_index="another"))

    desk.on(case_id, T0, promise)
    assert all(one.case_id != case_id for one in in_a_wave(desk, 2))
