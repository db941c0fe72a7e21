"""No payment is released by itself while its customer has called us, or just after a talk with a colleague at a
number, of which nothing is recorded by itself."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.agents_at_desk import kinds, on_the_line
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import PHONE, POLICY, Desk
from tests.unit.test_one_bad_row import loses_the_key
from tests.unit.test_recording_flags import CONVERSATION
from tests.unit.test_release_waits_for_a_talk import COOLED, SETTLED, T1, WRITTEN, says_that_all_is_well, state
from wakeup.domain.attempt import AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.outcome import Disposition
from wakeup.domain.review import Reason
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.keyring import SealError
from wakeup.usecases.case.in_human_talk import GREETED, is_in_human_talk
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.conversation.call_in import (
    Caller,
    ask_for_person,
    expect_call_in,
    leave_person,
    match_call_in,
)
from wakeup.usecases.conversation.colleague_call import accepted_flag
from wakeup.usecases.deciding.bulk_release import Span, preview
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.records import Talk

CALLS = Caller(call_sid="CA" + "7" * 32, from_=PHONE)
CALLED = COOLED - MINUTE
LINE = POLICY.calling.line_limit


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, a_staff("ann"))
    return desk


def calls_in(desk: Desk, case_id: CaseId, at: datetime = CALLED) -> None:
    desk.on(case_id, at, lambda file: expect_call_in(file, at))
    assert desk.run(match_call_in, CALLS, at)


def asks(desk: Desk, at: datetime = CALLED) -> None:
    assert desk.run(ask_for_person, CALLS, at)


def contact(desk: Desk, case_id: CaseId, at: datetime) -> None:
    take(desk, "ann", case_id, at)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "she is sure"), at)


def test_a_release_waits_while_a_customer_who_called_us_talks_with_a_colleague_and_ten_minutes_more(
    desk: Desk,
) -> None:
    case_id = says_that_all_is_well(desk, minutes=300)
    calls_in(desk, case_id)
    asks(desk)
    assert state(desk, case_id, COOLED + 5 * MINUTE) is TransferState.PENDING
    over = COOLED + 6 * MINUTE
    for again in (0, 3):
        assert desk.run(leave_person, CALLS, over + again * MINUTE), "the phone company may report it twice"
    assert kinds(desk, case_id).count("call_in_over") == 1
    assert state(desk, case_id, over + WRITTEN - MINUTE) is TransferState.PENDING
    assert state(desk, case_id, over + WRITTEN) is TransferState.ALLOWED


def test_a_call_whose_end_is_never_reported_delays_a_release_by_no_more_than_the_longest_call(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk, minutes=300)
    calls_in(desk, case_id)
    asks(desk)
    assert state(desk, case_id, CALLED + LINE + WRITTEN - MINUTE) is TransferState.PENDING
    assert state(desk, case_id, CALLED + LINE + WRITTEN) is TransferState.ALLOWED


def test_a_recorded_contact_ends_the_wait_for_a_call_to_us(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    calls_in(desk, case_id)
    asks(desk)
    assert desk.run(leave_person, CALLS, COOLED)
    assert state(desk, case_id, COOLED) is TransferState.PENDING
    contact(desk, case_id, COOLED + MINUTE)
    assert state(desk, case_id, COOLED + 2 * MINUTE) is TransferState.ALLOWED


def test_a_contact_before_the_call_to_us_does_not_end_the_wait_for_it(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    contact(desk, case_id, CALLED - MINUTE)
    calls_in(desk, case_id)
    asks(desk)
    assert state(desk, case_id, COOLED) is TransferState.PENDING


def test_a_release_waits_for_the_key_of_a_customer_who_is_just_greeted(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    calls_in(desk, case_id)
    assert state(desk, case_id, CALLED + GREETED - MINUTE) is TransferState.PENDING
    assert state(desk, case_id, CALLED + GREETED) is TransferState.ALLOWED


def test_a_call_that_was_only_announced_or_is_not_the_customers_delays_nothing(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    desk.on(case_id, CALLED, lambda file: expect_call_in(file, CALLED))
    assert desk.run(ask_for_person, Caller(call_sid="CA" + "8" * 32, from_="+6590000009"), CALLED)
    assert not desk.run(leave_person, Caller(call_sid="CA" + "8" * 32, from_="+6590000009"), CALLED)
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED


def test_a_bulk_release_leaves_out_the_payment_of_a_customer_who_calls_us(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, tier=Tier.MEDIUM, model="v7", phone=PHONE).case_id)
    assert state(desk, case_id, SETTLED) is TransferState.HELD
    calls_in(desk, case_id, SETTLED)
    found = desk.run(preview, Span(model="v7", since=T0, until=T0 + MINUTE), SETTLED)
    assert (found.takes, found.left_out) == ((), {"in_talk": 1})


def with_a_colleague(desk: Desk, case_id: CaseId, ended: datetime, *, took: bool = True) -> None:
    """The customer was connected to a number because no answer was understood; then they hung up."""
    call = on_the_line(desk, case_id, now=ended - 5 * MINUTE)
    flags = frozenset({accepted_flag(3)} if took else ())
    said = replace(CONVERSATION, turns=5, flags=flags)
    talk = Talk(
        attempt_id=call.id, case_id=case_id, customer_id=CustomerId("u_1"), turns=5, finished=True,
        started_at=ended - 5 * MINUTE, turned_at=ended, state=said.to_json(), named=(),
    )  # fmt: skip
    desk.run(lambda unit: unit.talks.add(talk))
    over = replace(call, state=AttemptState.ENDED, ended_at=ended, disposition=Disposition.ANSWERED, check_at=None)
    desk.run(lambda unit: unit.attempts.save(over))


def test_a_release_waits_for_what_a_colleague_at_a_number_was_told_as_for_an_agent(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    with_a_colleague(desk, case_id, CALLED)
    assert state(desk, case_id, CALLED + WRITTEN - MINUTE) is TransferState.PENDING
    assert state(desk, case_id, CALLED + WRITTEN) is TransferState.ALLOWED


def test_a_recorded_contact_ends_the_wait_for_the_colleague(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    with_a_colleague(desk, case_id, CALLED)
    contact(desk, case_id, COOLED)
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED


def test_a_colleague_who_did_not_take_the_call_was_told_nothing(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    with_a_colleague(desk, case_id, CALLED, took=False)
    assert state(desk, case_id, COOLED) is TransferState.ALLOWED
    assert desk.transfer(T1).state is TransferState.ALLOWED


def is_damaged(desk: Desk) -> None:
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE talks SET sealed = x'00'"))


def test_a_release_waits_for_a_talk_whose_row_is_damaged_as_for_one_that_may_bring_news(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    with_a_colleague(desk, case_id, CALLED, took=False)
    is_damaged(desk)
    desk.run(settle_case, case_id, COOLED)
    assert "alarm:talk_unreadable" in desk.wakes
    assert state(desk, case_id, CALLED + WRITTEN - MINUTE) is TransferState.PENDING
    assert state(desk, case_id, CALLED + WRITTEN) is TransferState.ALLOWED


def test_a_damaged_talk_delays_no_other_decision_and_no_page(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    with_a_colleague(desk, case_id, SETTLED, took=False)
    is_damaged(desk)
    assert state(desk, case_id, SETTLED) is TransferState.HELD
    assert desk.run(read_case, case_id, SETTLED).talks == ()


def test_a_talk_is_not_taken_for_damaged_because_the_customers_key_cannot_be_read(desk: Desk) -> None:
    case_id = says_that_all_is_well(desk)
    with_a_colleague(desk, case_id, CALLED, took=False)
    [call] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    loses_the_key(desk, "u_1")
    with pytest.raises(SealError):
        desk.run(lambda unit: unit.talks.get(call.id, CustomerId("u_1")))
    with pytest.raises(SealError):
        desk.run(is_in_human_talk, CustomerId("u_1"), COOLED)
