"""What a colleague at a number is told is evidence of nothing, so what the case holds then is released only by staff."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.builders import MINUTE
from tests.unit.desk import PHONE, Desk
from tests.unit.test_release_waits_for_a_talk import COOLED, T1, says_that_all_is_well, state
from wakeup.domain.ids import CaseId
from wakeup.domain.transfer import TransferState
from wakeup.usecases.conversation.call_in import Caller, ask_for_person, expect_call_in, match_call_in

CALLS = Caller(call_sid="CA" + "7" * 32, from_=PHONE)
STRANGER = Caller(call_sid="CA" + "8" * 32, from_="+6590000009")
CALLED = COOLED - MINUTE


@pytest.fixture
def desk() -> Desk:
    return Desk()


def is_greeted(desk: Desk, case_id: CaseId) -> None:
    desk.on(case_id, CALLED, lambda file: expect_call_in(file, CALLED))
    assert desk.run(match_call_in, CALLS, CALLED)


@pytest.mark.parametrize("later", [timedelta(0), 30 * MINUTE])
def test_no_payment_is_released_by_itself_once_its_customer_has_called_in_and_asked_for_a_human(
    desk: Desk, later: timedelta
) -> None:
    case_id = says_that_all_is_well(desk, minutes=300)
    is_greeted(desk, case_id)
    assert desk.run(ask_for_person, CALLS, CALLED)
    assert state(desk, case_id, COOLED + later) is TransferState.PENDING
    assert desk.transfer(T1).guarded


def test_a_caller_who_asks_too_often_to_be_put_through_guards_all_the_same(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    is_greeted(desk, case_id)
    for n in range(3):
        assert desk.run(ask_for_person, Caller(call_sid=f"CA{n:032}", from_=PHONE), CALLED)
    assert not desk.run(ask_for_person, CALLS, CALLED)
    assert state(desk, case_id, COOLED) is TransferState.PENDING


def test_a_caller_who_has_pressed_nothing_or_is_not_the_customer_delays_nothing(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    is_greeted(desk, case_id)
    assert desk.run(ask_for_person, STRANGER, CALLED)
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED
