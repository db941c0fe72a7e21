"""What a colleague at a number is told is evidence of nothing, so what the customer has then is released only by staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.agents_at_desk import kinds
from tests.unit.builders import MINUTE
from tests.unit.console_people import a_staff, hire
from tests.unit.desk import PHONE, POLICY, Desk, said
from tests.unit.test_release_waits_for_a_talk import COOLED, T1, says_that_all_is_well, state
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.conversation.call_in import Caller, ask_for_person, expect_call_in, match_call_in
from wakeup.usecases.deciding.bulk_release import Span, preview
from wakeup.usecases.intake.settle_case import settle_case

CALLS = Caller(call_sid="CA" + "7" * 32, from_=PHONE)
STRANGER = Caller(call_sid="CA" + "8" * 32, from_="+6590000009")
CALLED = COOLED - MINUTE
T2 = TransferId("t_2")
LINE = POLICY.calling.line_limit


@pytest.fixture
def desk() -> Desk:
    return Desk()


def is_greeted(desk: Desk, case_id: CaseId, at: datetime = CALLED) -> None:
    desk.on(case_id, at, lambda file: expect_call_in(file, at))
    assert desk.run(match_call_in, CALLS, at)


def calls_about_an_allowed_payment(desk: Desk, at: datetime) -> None:
    """The case of the call holds nothing."""
    case_id = desk.transfer(T1).case_id
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED
    is_greeted(desk, case_id, at)
    assert desk.run(ask_for_person, CALLS, at)


def next_payment(desk: Desk, came: datetime) -> CaseId:
    case_id = CaseId(desk.flag(2, came, customer_id="u_1", phone=PHONE, tier=Tier.MEDIUM, amount=Decimal(400),
                               model="v7").case_id)  # fmt: skip
    assert case_id != desk.transfer(T1).case_id
    return case_id


def all_is_well(desk: Desk, case_id: CaseId, now: datetime) -> datetime:
    """Return when the second payment has cooled, or when it would have."""
    desk.teach(case_id, said(Outcome.CONSISTENT, T2, now, 2), now)
    return now + POLICY.release.cooling


@pytest.mark.parametrize("later", [timedelta(0), 30 * MINUTE])
def test_no_payment_is_released_by_itself_once_its_customer_has_called_in_and_asked_for_a_human(
    desk: Desk, later: timedelta
) -> None:
    case_id = says_that_all_is_well(desk, minutes=300)
    is_greeted(desk, case_id)
    assert desk.run(ask_for_person, CALLS, CALLED)
    assert desk.transfer(T1).guarded and "cooling_ended" in kinds(desk, case_id), "at once"
    assert state(desk, case_id, COOLED + later) is TransferState.PENDING


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


def test_no_payment_of_a_customer_is_released_by_itself_whose_call_about_another_case_asked_for_a_human(
    desk: Desk,
) -> None:
    says_that_all_is_well(desk)
    assert state(desk, desk.transfer(T1).case_id, COOLED) is TransferState.ALLOWED
    other = next_payment(desk, COOLED + MINUTE)
    cooled = all_is_well(desk, other, COOLED + 2 * MINUTE)
    assert desk.transfer(T2).allow_at == cooled
    calls_about_an_allowed_payment(desk, cooled - MINUTE)
    desk.run(settle_case, other, cooled)
    assert desk.transfer(T2).state is TransferState.PENDING and desk.transfer(T2).guarded


def test_nor_is_it_released_in_bulk(desk: Desk) -> None:
    hire(desk, a_staff("ann"))
    says_that_all_is_well(desk)
    assert state(desk, desk.transfer(T1).case_id, COOLED) is TransferState.ALLOWED
    came = COOLED + MINUTE
    other = next_payment(desk, came)
    held_at = desk.transfer(T2).settle_at
    desk.run(settle_case, other, held_at)
    span = Span(model="v7", since=came, until=came + MINUTE)
    assert [one.id for one in desk.run(preview, span, held_at).takes] == [T2]
    calls_about_an_allowed_payment(desk, held_at)
    assert desk.run(preview, span, held_at).left_out == {"guarded": 1}


@pytest.mark.parametrize(("before", "guards"), [(MINUTE, True), (LINE, True), (LINE + MINUTE, False)])
def test_a_talk_that_may_still_go_on_when_a_payment_comes_guards_it_too(
    desk: Desk, before: timedelta, *, guards: bool
) -> None:
    says_that_all_is_well(desk)
    called = COOLED + MINUTE
    calls_about_an_allowed_payment(desk, called)
    other = next_payment(desk, called + before)
    cooled = all_is_well(desk, other, called + before + MINUTE)
    desk.run(settle_case, other, cooled)
    assert desk.transfer(T2).state is (TransferState.PENDING if guards else TransferState.ALLOWED)
