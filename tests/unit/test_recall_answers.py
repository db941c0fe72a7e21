"""What the payment core answers to the hold that recalls an allow, and who is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said
from tests.unit.test_recall import (
    COOLED,
    DUE,
    END,
    SUPERSEDED,
    kinds,
    learns,
    let_go,
    messages,
    nobody_answers,
    rulings,
)
from tests.unit.test_warning_after_allow import LATER, T1, T2, alarms, case_of, news, queued
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Effect
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.sms import SmsKind
from wakeup.domain.to_do import Urgency
from wakeup.domain.transfer import TransferState
from wakeup.usecases.case.notify_customer import no_use_telling
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.deliver import take_messages
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ports import Receipt


def test_a_recall_is_a_hold_like_any_other_when_the_core_has_taken_it(desk: Desk) -> None:
    case_id = let_go(desk)
    learns(desk, case_id)
    assert to_do(desk, case_id) == [Effect.PERSON, Effect.STOP_PAYMENT]
    desk.deliver(LATER)
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]
    assert to_do(desk, case_id) == [Effect.PERSON, Effect.REVIEW]
    case = case_of(desk, case_id)
    assert (case.state, case.unheld_at) == (CaseState.IN_REVIEW, None)
    alarm_at = desk.transfer(T1).alarm_at
    assert alarm_at is not None and alarm_at > LATER, "people are told of its end"
    desk.run(settle_case, case_id, alarm_at)
    assert "hold_ends" in kinds(desk, case_id)


@pytest.mark.parametrize(
    ("outcome", "left"),
    [(Outcome.DISTRESS, [Effect.PERSON, Effect.STOP_PAYMENT]), (Outcome.COACHED, [Effect.STOP_PAYMENT])],
)
def test_the_page_asks_to_follow_up_the_customer_who_called_for_help_and_to_ask_the_bank(
    desk: Desk, outcome: Outcome, left: list[Effect]
) -> None:
    """A user who records that they asked the bank completes both tasks."""
    case_id = let_go(desk)
    desk.deliver(COOLED)
    learns(desk, case_id, outcome=outcome)
    assert to_do(desk, case_id) == left
    follows_up(desk, case_id)
    assert to_do(desk, case_id) == []


def to_do(desk: Desk, case_id: CaseId) -> Sequence[Effect]:
    view = desk.run(read_case, case_id, LATER)
    return view.to_do(view.transfers[0])


@pytest.mark.parametrize("followed_up", [False, True])
def test_a_core_that_does_not_take_the_hold_sends_people_to_the_bank(desk: Desk, followed_up: bool) -> None:
    case_id = let_go(desk)
    learns(desk, case_id)
    if followed_up:
        follows_up(desk, case_id)
        assert case_of(desk, case_id).unheld_at is None
    desk.deliver(LATER, Receipt.GONE, 410)
    [row] = [row for row in desk.timeline(case_id) if row["kind"] == "recall_failed"]
    assert (row["status"], row["alarm"]) == (410, True)
    assert "alarm:recall_failed" in desk.wakes
    desk.on(case_id, LATER + MINUTE, settle_file)
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
    follows_up(desk, case_id)
    assert case_of(desk, case_id).unheld_at is None


def of_use(file: CaseFile) -> list[str | None]:
    """For each notice, the reason why it would be wrong by now."""
    return [no_use_telling(file, sms) for sms in file.unit.texts.of_case(file.case.id) if sms.kind is SmsKind.OUTCOME]


def follows_up(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "the bank looks"), LATER)


@pytest.mark.parametrize("acknowledged", [False, True])
def test_a_payment_that_the_bank_pays_out_after_the_recall_is_queued_for_staff(desk: Desk, acknowledged: bool) -> None:
    """A core that acknowledges everything may have released the money long before."""
    case_id = let_go(desk)
    learns(desk, case_id)
    if acknowledged:
        desk.deliver(LATER)
    news(desk, TransferNews.RELEASED, T1, LATER + MINUTE)
    assert alarms(desk, case_id) == [WARNED, "recall_failed"]
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW


@pytest.mark.parametrize("acknowledged", [False, True])
def test_a_payment_that_the_bank_pays_out_after_its_hold_ended_is_queued_for_staff(
    desk: Desk, acknowledged: bool
) -> None:
    """It counts as money that has left, and the customer is not told any more that it was refused."""
    case_id = let_go(desk)
    learns(desk, case_id, outcome=Outcome.CONTRADICTED)
    desk.run(settle_case, case_id, END)
    if acknowledged:
        desk.deliver(END)
    news(desk, TransferNews.RELEASED, T1, END + MINUTE)
    assert alarms(desk, case_id)[-1] == "recall_failed"
    assert queued(desk, END + MINUTE) == [(T1, Urgency.MONEY_LEAVING)]
    assert to_do(desk, case_id) == [Effect.STOP_PAYMENT]
    assert set(desk.on(case_id, END + MINUTE, of_use)) == {"superseded"}
    follows_up(desk, case_id)
    assert case_of(desk, case_id).unheld_at is None


def test_a_recalled_payment_of_an_erased_customer_that_is_paid_out_only_raises_an_alarm(desk: Desk) -> None:
    case_id = let_go(desk)
    learns(desk, case_id, outcome=Outcome.CONTRADICTED)
    desk.run(settle_case, case_id, END)
    desk.deliver(END)
    desk.run(lambda unit: unit.connection.exec_driver_sql("DELETE FROM customers"))
    news(desk, TransferNews.RELEASED, T1, END + MINUTE)
    assert alarms(desk, case_id)[-1] == "recall_failed"
    assert case_of(desk, case_id).state is CaseState.SETTLED


def test_a_refusal_of_a_payment_that_was_never_allowed_stands_against_the_banks_word(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    for at in (T0 + 30 * MINUTE, END):
        desk.run(settle_case, case_id, at)
    assert desk.transfer(T1).state is TransferState.REFUSED
    with pytest.raises(ConflictError):
        news(desk, TransferNews.RELEASED, T1, END + MINUTE)


def test_a_payment_that_the_bank_pays_out_though_we_never_allowed_it_raises_no_alarm(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    news(desk, TransferNews.RELEASED, T1, T0 + 40 * MINUTE)
    assert alarms(desk, case_id) == []


def test_a_hold_that_ends_before_the_core_has_heard_of_it_leaves_the_case_with_people(desk: Desk) -> None:
    case_id = let_go(desk)
    learns(desk, case_id, outcome=Outcome.CONTRADICTED)
    desk.deliver(LATER, Receipt.RETRY, 503)
    desk.run(settle_case, case_id, END)
    assert desk.transfer(T1).state is TransferState.REFUSED
    assert (case_of(desk, case_id).state, queued(desk, END)) == (CaseState.IN_REVIEW, [(T1, Urgency.MONEY_LEAVING)])
    desk.deliver(END)
    assert (case_of(desk, case_id).state, queued(desk, END)) == (CaseState.SETTLED, [])


def test_a_payment_past_the_legal_end_is_recalled_and_refused(desk: Desk) -> None:
    case_id = let_go(desk)
    nobody_answers(desk)
    learns(desk, case_id, END)
    desk.run(settle_case, case_id, END)
    assert [ruling for ruling, _ in rulings(desk)] == ["allow", "hold", "refuse"]


def test_a_payment_the_customer_takes_back_meanwhile_waits_for_no_person(desk: Desk) -> None:
    case_id = let_go(desk)
    learns(desk, case_id, outcome=Outcome.CONTRADICTED)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    desk.deliver(LATER + MINUTE)
    assert (case_of(desk, case_id).state, queued(desk)) == (CaseState.SETTLED, [])


@pytest.mark.parametrize("known", [False, True])
def test_a_customer_who_called_for_help_waits_for_a_human_though_the_payment_was_cancelled(
    desk: Desk, known: bool
) -> None:
    """The customer was told that they will be called. That does not depend on this payment alone."""
    case_id = let_go(desk)
    if known:
        desk.deliver(LATER)
    learns(desk, case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    desk.deliver(LATER + MINUTE)
    assert (case_of(desk, case_id).state, queued(desk)) == (CaseState.IN_REVIEW, [(T1, Urgency.PERSON_PROMISED)])
    assert to_do(desk, case_id) == [Effect.PERSON]
    follows_up(desk, case_id)
    assert (case_of(desk, case_id).state, queued(desk)) == (CaseState.SETTLED, [])


def test_a_customer_whom_staff_have_reached_waits_no_more_whatever_becomes_of_the_payment_then(desk: Desk) -> None:
    case_id = let_go(desk)
    learns(desk, case_id)
    follows_up(desk, case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    assert (case_of(desk, case_id).state, queued(desk)) == (CaseState.SETTLED, [])


def test_a_further_warning_is_sent_again_and_leaves_the_payment_in_doubt(desk: Desk) -> None:
    case_id = let_go(desk)
    learns(desk, case_id)
    [hold] = desk.run(take_messages, LATER, 9).messages
    learns(desk, case_id, LATER + MINUTE, Outcome.DISTRESS)
    assert messages(desk) == [(2, SUPERSEDED), (3, SUPERSEDED), (4, DUE)]
    desk.answer(hold, LATER + MINUTE)
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
    desk.deliver(LATER + MINUTE)
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]


def notices(desk: Desk, case_id: CaseId) -> list[str]:
    texts = desk.run(lambda unit: unit.texts.of_case(case_id))
    return [sms.template for sms in texts if sms.kind is SmsKind.OUTCOME]


def one_in_doubt_beside_another(desk: Desk) -> CaseId:
    """The payments are stopped when the first is allowed and the second still pending."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    desk.on(case_id, LATER, lambda file: request_review(file, "guardian_stop"))
    assert (desk.transfer(T1).state, case_of(desk, case_id).state) == (TransferState.HELD, CaseState.OPEN)
    return case_id


def test_the_hold_of_another_payment_is_told_at_once(desk: Desk) -> None:
    case_id = one_in_doubt_beside_another(desk)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    assert desk.transfer(T2).state is TransferState.HELD
    assert len(notices(desk, case_id)) == 1
    desk.deliver(T0 + 30 * MINUTE)
    assert len(notices(desk, case_id)) == 1, "and says it all"


def test_no_text_is_written_when_all_that_is_left_is_in_doubt(desk: Desk) -> None:
    """Nor the explanation that a customer who cancelled everything would get."""
    case_id = one_in_doubt_beside_another(desk)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, LATER + MINUTE)
    assert list(desk.run(lambda unit: unit.texts.of_case(case_id))) == []
    desk.deliver(LATER + MINUTE)
    assert len(notices(desk, case_id)) == 1


def test_no_waiting_notice_goes_out_while_it_is_unknown_whether_the_money_left(desk: Desk) -> None:
    """Neither notice may go out: both that the money is on its way and that it is on hold may be wrong."""
    case_id = CaseId(desk.flag(1, customer_id="u_1", minutes=10).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, T0 + 10 * MINUTE)
    desk.run(settle_case, case_id, COOLED)
    learns(desk, case_id)
    assert desk.on(case_id, LATER, of_use) == ["superseded"] * 2
    desk.deliver(LATER)
    assert desk.on(case_id, LATER, of_use) == [None, "superseded", None]


def test_the_customer_hears_of_a_recall_when_the_core_has_taken_it(desk: Desk) -> None:
    """Also a customer who had been told of a hold before the release."""
    case_id = CaseId(desk.flag(1, customer_id="u_1", minutes=10).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, T0 + 10 * MINUTE)
    desk.run(settle_case, case_id, COOLED)
    [hold, allow] = notices(desk, case_id)
    learns(desk, case_id)
    assert notices(desk, case_id) == [hold, allow], "nobody knows yet"
    desk.deliver(LATER)
    assert notices(desk, case_id) == [hold, allow, hold]


def test_a_release_by_staff_after_the_recall_is_texted_as_well(desk: Desk) -> None:
    """Otherwise the last thing they heard would be that it is on hold."""
    case_id = let_go(desk)
    learns(desk, case_id)
    desk.deliver(LATER)
    [allow, hold] = notices(desk, case_id)
    at = LATER + MINUTE
    take(desk, "ann", case_id, at)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, order(desk, "ann", case_id, Reason.FALSE_ALARM), aim, at) is Released.RELEASED
    assert notices(desk, case_id) == [allow, hold, allow]


def test_a_receipt_for_a_contest_is_no_word_of_how_it_stands(desk: Desk) -> None:
    """A customer who was told of the hold already is not told again because they contested it."""
    case_id = one_in_doubt_beside_another(desk)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    news(desk, TransferNews.CONTESTED, T2, T0 + 31 * MINUTE)
    [hold, receipt] = notices(desk, case_id)
    desk.deliver(T0 + 32 * MINUTE)
    assert notices(desk, case_id) == [hold, receipt]


def test_a_notice_that_was_not_sent_was_not_told(desk: Desk) -> None:
    """It was about the other payment, which was cancelled before the notice went out."""
    case_id = one_in_doubt_beside_another(desk)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, T0 + 31 * MINUTE)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE sms SET state = 'suppressed', ended_at = due_at"))
    [hold] = notices(desk, case_id)
    desk.deliver(T0 + 32 * MINUTE)
    assert notices(desk, case_id) == [hold, hold]
