"""Staff identify the customer and release a payment: the bank is not asked to stop it unless a warning comes later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said
from tests.unit.test_warning_after_allow import T1, T2, alarms, case_of, news, queued, warns
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Effect
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import Urgency
from wakeup.domain.transfer import TransferState
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.overrule import DecisionRef, Released, hold, release
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case

SAID, RELEASED = T0 + 30 * MINUTE, T0 + 32 * MINUTE
NO_LONGER_OPEN = Callable[[Desk, CaseId], None]


def is_taken_back(desk: Desk, _case_id: CaseId) -> None:
    news(desk, TransferNews.CANCELLED_IN_APP, T2, T0 + MINUTE)


def is_refused(desk: Desk, case_id: CaseId) -> None:
    for minutes in (2, 6):
        desk.run(settle_case, case_id, T0 + minutes * MINUTE)
    assert desk.transfer(T2).state is TransferState.REFUSED


def is_let_go(desk: Desk, case_id: CaseId) -> None:
    desk.teach(case_id, said(Outcome.CONSISTENT, T2, T0 + MINUTE, 9), T0 + MINUTE)
    desk.run(settle_case, case_id, T0 + 20 * MINUTE)
    desk.deliver(T0 + 20 * MINUTE)
    assert desk.transfer(T2).state is TransferState.ALLOWED


def two_payments(desk: Desk, ends: NO_LONGER_OPEN | None = None) -> CaseId:
    """The second payment may end before the call."""
    case_id = CaseId(desk.flag(1, minutes=60).case_id)
    short: dict[str, Any] = {"minutes": 1, "hold_max": T0 + 5 * MINUTE} if ends is is_refused else {"minutes": 60}
    desk.flag(2, customer_id="u_1", **short)
    if ends is not None:
        ends(desk, case_id)
    return case_id


def calls_for_help(desk: Desk, case_id: CaseId, at: datetime = SAID) -> None:
    def learn(file: CaseFile) -> None:
        file.unit.talks.add_evidence(said(Outcome.NOT_ME, T1, at, int(at.timestamp())), case_id)
        alarm_after_allow(file, WARNED, "callee")
        settle_file(file)

    desk.on(case_id, at, learn)


def is_released(desk: Desk, case_id: CaseId, at: datetime = RELEASED) -> None:
    take(desk, "ann", case_id, at)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    wish = order(desk, "ann", case_id, Reason.IDENTIFIED_BY_CALL_BACK, "she is well")
    assert desk.run(release, wish, aim, at) is Released.RELEASED


def to_do(desk: Desk, case_id: CaseId) -> dict[str, Sequence[Effect]]:
    view = desk.run(read_case, case_id, RELEASED)
    return {one.transfer.id: view.to_do(one) for one in view.transfers}


@pytest.mark.parametrize("ends", [is_taken_back, is_refused])
def test_the_wait_ends_with_the_release_of_what_was_open_when_the_customer_called_for_help(
    desk: Desk, ends: NO_LONGER_OPEN
) -> None:
    case_id = two_payments(desk, ends)
    calls_for_help(desk, case_id)
    is_released(desk, case_id)
    assert (queued(desk, RELEASED), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_the_bank_is_asked_only_about_the_payment_that_had_left_before_the_warning(desk: Desk) -> None:
    case_id = two_payments(desk, is_let_go)
    calls_for_help(desk, case_id)
    is_released(desk, case_id)
    desk.deliver(RELEASED)
    assert queued(desk, RELEASED) == [(T2, Urgency.MONEY_LEAVING)]
    assert to_do(desk, case_id) == {T1: [], T2: [Effect.STOP_PAYMENT]}
    news(desk, TransferNews.CANCELLED_IN_APP, T2, RELEASED)
    assert (queued(desk, RELEASED), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_a_customer_who_waits_on_for_another_payment_is_called_and_no_bank_is(desk: Desk) -> None:
    case_id = two_payments(desk)
    calls_for_help(desk, case_id)
    is_released(desk, case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, RELEASED + MINUTE)
    assert [urgency for _, urgency in queued(desk, RELEASED)] == [Urgency.PERSON_PROMISED]
    assert to_do(desk, case_id) == {T1: [Effect.PERSON], T2: [Effect.PERSON]}
    assert case_of(desk, case_id).person_due_at == SAID + 10 * MINUTE


def test_a_customer_whose_other_payment_ended_after_the_call_is_still_to_be_called_by_a_certain_time(
    desk: Desk,
) -> None:
    case_id = two_payments(desk)
    calls_for_help(desk, case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, SAID + MINUTE)
    is_released(desk, case_id)
    assert [urgency for _, urgency in queued(desk, RELEASED)] == [Urgency.PERSON_PROMISED]
    assert case_of(desk, case_id).person_due_at == RELEASED + 10 * MINUTE


@pytest.mark.parametrize("since", [0 * MINUTE, MINUTE, -HOUR])
def test_a_warning_after_the_release_asks_it_back_whatever_the_clock_says(desk: Desk, since: timedelta) -> None:
    """It may come when the case waits already, and in another case of the customer."""
    case_id = two_payments(desk)
    calls_for_help(desk, case_id)
    is_released(desk, case_id)
    desk.deliver(RELEASED)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, RELEASED)
    other = CaseId(desk.flag(3, RELEASED, customer_id="u_1", phone="+6590000001").case_id)
    assert other != case_id
    desk.on(other, RELEASED + since, warns)
    assert alarms(desk, case_id).count(WARNED) == 1
    assert (T1, Urgency.MONEY_LEAVING) in queued(desk, RELEASED)
    desk.on(other, RELEASED + since, warns)
    assert alarms(desk, case_id).count(WARNED) == 1, "it waits already"


def test_a_hold_by_hand_of_one_payment_asks_no_other_back(desk: Desk) -> None:
    case_id = two_payments(desk)
    calls_for_help(desk, case_id)
    is_released(desk, case_id)
    desk.deliver(RELEASED)
    take(desk, "ann", case_id, RELEASED)
    aim = DecisionRef(transfer_id=T2, sequence=desk.transfer(T2).sequence)
    wish = order(desk, "ann", case_id, Reason.IDENTIFIED_BY_CALL_BACK, "she is well")
    assert desk.run(release, wish, aim, RELEASED) is Released.RELEASED
    again = DecisionRef(transfer_id=T2, sequence=desk.transfer(T2).sequence)
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), again, RELEASED + MINUTE)
    assert queued(desk, RELEASED) == [(T2, Urgency.MONEY_LEAVING)]
