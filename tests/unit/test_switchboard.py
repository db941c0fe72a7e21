"""Customers who wait for a person: whom the switchboard finds for them, and that nobody is found for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.agents_at_desk import agent_of, comes_to_work, kinds, on_the_line, the_wait, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from tests.unit.test_ask_guardian import DAUGHTER, guardian
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId
from wakeup.usecases.tend_hand_overs import due_hand_overs, tend

BENS = "+6531580102"
OFFER = timedelta(seconds=20)
LATER = T0 + OFFER + timedelta(seconds=1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def wait(desk: Desk) -> HandOver:
    """The only one who is free now is the customer's own daughter; Ben was rung, and did not come."""
    comes_to_work(desk, "ada", DAUGHTER)
    ben = comes_to_work(desk, "ben", BENS)
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    begun = waits(desk, on_the_line(desk, case_id))
    assert begun.agent == ben, "nobody is rung for their own family"
    desk.run(tend, begun, T0 + OFFER)
    return the_wait(desk, begun)


def test_an_agent_of_the_customers_own_people_is_not_found_again_and_again(desk: Desk, wait: HandOver) -> None:
    due = desk.run(due_hand_overs, LATER, 20)
    assert (due.hand_overs, due.next_due) == ([], wait.give_up_at)


def test_that_nobody_can_be_rung_is_said_once_and_wakes_nobody_again(desk: Desk, wait: HandOver) -> None:
    assert kinds(desk, wait.case_id).count("agents_busy") == 1
    for seconds in range(1, 20):
        desk.run(tend, wait, T0 + OFFER + timedelta(seconds=seconds))
        assert desk.wakes == set()
    assert kinds(desk, wait.case_id).count("agents_busy") == 1
    assert the_wait(desk, wait) == wait


def test_it_is_said_when_nobody_was_free_from_the_beginning(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    begun = waits(desk, on_the_line(desk, case_id))
    assert (begun.offer, begun.due_at) == (None, T0 + MINUTE)
    assert kinds(desk, case_id).count("agents_busy") == 1


def test_whoever_becomes_free_is_rung_at_once(desk: Desk, wait: HandOver) -> None:
    cho = comes_to_work(desk, "cho", "+6531580103")
    assert desk.run(due_hand_overs, LATER, 20).hand_overs == [wait]
    desk.run(tend, wait, LATER)
    assert the_wait(desk, wait).agent == cho
    assert agent_of(desk, cho).offer == the_wait(desk, wait).offer
