"""A warning after an allow: staff must ask the bank, and the case stays in the queue until they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said
from wakeup.domain.case import Case, CaseState
from wakeup.domain.decision import Effect
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.sms import SmsKind
from wakeup.domain.to_do import Urgency, unheld_for
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.conversation.call_in import Caller, ask_for_person, keep_on_hold, match_call_in
from wakeup.usecases.deciding.overrule import DecisionRef, Released, hold, release
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.queue import read_queue
from wakeup.usecases.unit import Unit

T1, T2 = TransferId("t_1"), TransferId("t_2")
COOLED, LATER = T0 + 17 * MINUTE, T0 + 20 * MINUTE


def let_go(desk: Desk) -> CaseId:
    """The talk was good and the service allowed the payment after its cooling, which the payment core knows."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    desk.deliver(COOLED)
    assert desk.transfer(T1).state is TransferState.ALLOWED
    return case_id


def warns(file: CaseFile) -> None:
    alarm_after_allow(file, WARNED, "callee")


def case_of(desk: Desk, case_id: CaseId) -> Case:
    return desk.run(lambda unit: unit.cases.lock(case_id))


def queued(desk: Desk, now: datetime = LATER) -> list[tuple[str, Urgency]]:
    queue = desk.run(read_queue, now)
    return [(one.waiting.transfer_id, one.urgency) for one in queue.queued]


def alarms(desk: Desk, case_id: CaseId) -> list[str]:
    return [row["kind"] for row in desk.timeline(case_id) if row.get("alarm")]


def news(desk: Desk, kind: TransferNews, transfer_id: TransferId, now: datetime) -> None:
    told = TransferEventIn(
        event_id=f"{kind}_{transfer_id}", content_hash="h", transfer_id=transfer_id, kind=kind,
        occurred_at=now,
    )  # fmt: skip
    desk.run(apply_transfer_event, told, now)


def test_an_allow_with_a_later_warning_is_queued_until_staff_have_followed_it_up(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.on(case_id, LATER, warns)
    # The call that brought the warning ends, and so does another one.
    for minutes in (1, 9):
        desk.on(case_id, LATER + minutes * MINUTE, settle_file)
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "the bank has stopped it"), LATER)
    assert case_of(desk, case_id).state is CaseState.SETTLED
    assert queued(desk) == []


def test_money_that_waits_for_no_person_goes_behind_money_that_has_left(desk: Desk) -> None:
    desk.on(let_go(desk), LATER, warns)
    held = desk.flag(2, T0 - HOUR, amount=Decimal(90_000)).case_id
    desk.run(settle_case, held, LATER)
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING), (T2, Urgency.HELD)]


def test_a_guardians_worry_and_a_call_to_our_number_are_such_warnings(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.on(case_id, LATER, lambda file: request_review(file, "guardian_worried"))
    assert alarms(desk, case_id) == ["guardian_after_allow"]
    assert case_of(desk, case_id).unheld_at == LATER


@pytest.mark.parametrize(("asks", "alarmed"), [(keep_on_hold, ["call_in_after_allow"]), (ask_for_person, [])])
def test_a_customer_who_calls_in_about_an_allowed_payment_is_queued_for_staff(
    desk: Desk, asks: Callable[[Unit, Caller, datetime], bool], alarmed: list[str]
) -> None:
    case_id = let_go(desk)
    news(desk, TransferNews.CALL_STARTED_IN_APP, T1, LATER)
    caller = Caller(call_sid="CA1", from_="+6590000001")
    assert desk.run(match_call_in, caller, LATER)
    assert desk.run(asks, caller, LATER)
    assert alarms(desk, case_id) == alarmed
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    assert [transfer for transfer, _ in queued(desk)] == [T1]


def test_a_customer_who_calls_in_for_an_agent_after_cancelling_is_queued_for_staff(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, T0 + MINUTE)
    news(desk, TransferNews.CALL_STARTED_IN_APP, T1, LATER)
    caller = Caller(call_sid="CA1", from_="+6590000001")
    assert desk.run(match_call_in, caller, LATER) and desk.run(ask_for_person, caller, LATER)
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]


def test_a_warned_case_stays_in_review_when_its_other_payment_is_over(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    desk.deliver(COOLED)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (TransferState.ALLOWED, TransferState.PENDING)
    desk.on(case_id, LATER, warns)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, LATER + MINUTE)
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]


def test_a_payment_the_customer_took_back_waits_for_no_person(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.on(case_id, LATER, warns)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    assert (case_of(desk, case_id).state, case_of(desk, case_id).unheld_at) == (CaseState.SETTLED, None)


@pytest.mark.parametrize("followed_up", [False, True])
def test_a_customer_who_called_for_help_waits_for_a_person_beyond_the_legal_end_of_the_hold(
    desk: Desk, followed_up: bool
) -> None:
    case_id, end = CaseId(desk.flag(1, customer_id="u_1").case_id), T0 + 6 * HOUR
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    if followed_up:
        take(desk, "ann", case_id, LATER)
        desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "her son is with her"), LATER)
    desk.run(settle_case, case_id, end)
    assert desk.transfer(T1).state is TransferState.REFUSED
    waits = ([], CaseState.SETTLED) if followed_up else ([(T1, Urgency.PERSON_PROMISED)], CaseState.IN_REVIEW)
    assert (queued(desk, end), case_of(desk, case_id).state) == waits
    texts = [sms.template for sms in desk.run(lambda unit: unit.texts.of_case(case_id)) if sms.kind is SmsKind.OUTCOME]
    assert [template.partition("/")[0] for template in texts] == ["outcome.hold", "outcome.refuse"], "told at once"


def test_the_end_of_a_hold_is_texted_at_once_also_when_the_other_payment_is_cancelled(desk: Desk) -> None:
    """They had been told of a hold on the other one. A customer who waits for an agent need not wait for this too."""
    case_id = CaseId(desk.flag(1, customer_id="u_1", hold_max=T0 + HOUR).case_id)
    desk.flag(2, customer_id="u_1")
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, T0 + HOUR)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (TransferState.REFUSED, TransferState.HELD)
    news(desk, TransferNews.CANCELLED_IN_APP, T2, T0 + HOUR + MINUTE)
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    texts = [sms.template for sms in desk.run(lambda unit: unit.texts.of_case(case_id)) if sms.kind is SmsKind.OUTCOME]
    assert [template.partition("/")[0] for template in texts] == ["outcome.hold", "outcome.refuse"]


def test_a_customer_who_called_for_help_waits_for_a_person_though_staff_have_held_the_payment(desk: Desk) -> None:
    """A hold by hand contacts nobody, and the customer, or the holder of their phone, can cancel a minute later."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim, LATER)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "her son is with her"), LATER + MINUTE)
    assert (queued(desk), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_a_cancelled_payment_leaves_nothing_waiting_when_staff_release_another(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    desk.deliver(COOLED)
    desk.on(case_id, LATER, warns)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    end = desk.transfer(T2).decide_by
    desk.run(settle_case, case_id, end)
    assert case_of(desk, case_id).unheld_at is None and desk.transfer(T2).state is TransferState.HELD
    take(desk, "ann", case_id, end)
    aim = DecisionRef(transfer_id=T2, sequence=desk.transfer(T2).sequence)
    assert desk.run(release, order(desk, "ann", case_id, Reason.FALSE_ALARM), aim, end) is Released.RELEASED
    assert (case_of(desk, case_id).state, queued(desk, end)) == (CaseState.SETTLED, [])


def two_payments_of_one_who_called_for_help(desk: Desk) -> CaseId:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    return case_id


def lets_go(desk: Desk, case_id: CaseId, transfer_id: TransferId) -> None:
    take(desk, "ann", case_id, LATER)
    aim = DecisionRef(transfer_id=transfer_id, sequence=desk.transfer(transfer_id).sequence)
    wish = order(desk, "ann", case_id, Reason.PAYEE_CHECKED)
    assert desk.run(release, wish, aim, LATER) is Released.RELEASED


def is_refused(desk: Desk, case_id: CaseId) -> None:
    desk.run(settle_case, case_id, T0 + 6 * HOUR)
    assert desk.transfer(T2).state is TransferState.REFUSED


def is_taken_back(desk: Desk, _case_id: CaseId) -> None:
    news(desk, TransferNews.CANCELLED_IN_APP, T2, LATER + MINUTE)


@pytest.mark.parametrize("ends", [is_refused, is_taken_back])
def test_a_customer_who_called_for_help_still_waits_though_another_payment_was_released(
    desk: Desk, ends: Callable[[Desk, CaseId], None]
) -> None:
    case_id = two_payments_of_one_who_called_for_help(desk)
    lets_go(desk, case_id, T1)
    ends(desk, case_id)
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "her son is with her"), LATER + MINUTE)
    assert (queued(desk), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_a_customer_who_called_for_help_waits_no_more_when_each_payment_was_released(desk: Desk) -> None:
    case_id = two_payments_of_one_who_called_for_help(desk)
    lets_go(desk, case_id, T1)
    lets_go(desk, case_id, T2)
    assert (queued(desk), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_the_page_of_the_case_says_that_the_bank_is_to_be_asked_until_staff_have_asked(desk: Desk) -> None:
    case_id = let_go(desk)

    def to_do() -> Sequence[Effect]:
        view = desk.run(read_case, case_id, LATER)
        return view.to_do(view.transfers[0])

    assert to_do() == []
    desk.on(case_id, LATER, warns)
    assert to_do() == [Effect.STOP_PAYMENT]
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "the bank has stopped it"), LATER)
    assert to_do() == []


def test_when_the_bank_raises_the_tier_of_an_allowed_payment_staff_are_to_ask_it(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.flag(1, LATER, customer_id="u_1", tier=Tier.CRITICAL, event_id="again", content_hash="other")
    assert "alarm:tier_raised_after_allow" in desk.wakes
    assert alarms(desk, case_id) == ["tier_raised_after_allow"]
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]


def test_when_an_allowed_payment_is_another_by_now_staff_are_to_ask_the_bank(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.flag(1, LATER, customer_id="u_1", amount=Decimal(900), event_id="again", content_hash="other")
    assert "alarm:other_payment_after_allow" in desk.wakes
    assert alarms(desk, case_id) == ["other_payment_after_allow"]
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]


def test_a_payment_that_the_bank_released_itself_is_queued_after_a_warning_as_well(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    news(desk, TransferNews.RELEASED, T1, T0 + MINUTE)
    desk.on(case_id, LATER, warns)
    assert alarms(desk, case_id) == [WARNED]
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]


@pytest.mark.parametrize(("hours", "told"), [(23, True), (25, False)])
def test_a_warning_about_a_later_payment_is_one_about_the_payment_allowed_that_day(
    desk: Desk, hours: int, told: bool
) -> None:
    """The second payment has a case of its own, because the first one's was over."""
    earlier, at = let_go(desk), COOLED + timedelta(hours=hours)
    case_id = CaseId(desk.flag(2, at - MINUTE, customer_id="u_1").case_id)
    assert case_id != earlier
    desk.on(case_id, at, warns)
    assert alarms(desk, case_id) == []
    assert alarms(desk, earlier) == [WARNED] * told
    assert ("alarm:warned_after_allow" in desk.wakes) is told
    assert queued(desk, at) == [(T1, Urgency.MONEY_LEAVING)] * told
    desk.on(case_id, at + MINUTE, warns)
    assert alarms(desk, earlier) == [WARNED] * told, "they know already"


@pytest.mark.parametrize("allowed", [False, True])
def test_a_payment_that_the_bank_pays_out_though_it_was_cancelled_is_queued_for_staff(
    desk: Desk, allowed: bool
) -> None:
    """The tap in the app came just too late. The customer believes that the money stayed, as does anyone they ask."""
    case_id = let_go(desk) if allowed else CaseId(desk.flag(1, customer_id="u_1").case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER)
    assert case_of(desk, case_id).state is CaseState.SETTLED
    news(desk, TransferNews.RELEASED, T1, LATER + MINUTE)
    assert "alarm:released_after_cancel" in desk.wakes
    assert alarms(desk, case_id) == ["released_after_cancel"]
    assert desk.transfer(T1).state is TransferState.RELEASED
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]


def test_a_payment_that_the_bank_released_stays_so_when_a_cancellation_comes(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    for kind in (TransferNews.RELEASED, TransferNews.CANCELLED_IN_APP):
        news(desk, kind, T1, LATER)
    assert (desk.transfer(T1).state, alarms(desk, case_id)) == (TransferState.RELEASED, [])


def test_a_cancelled_payment_of_an_erased_customer_that_is_paid_out_only_raises_an_alarm(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER)
    desk.run(lambda unit: unit.connection.exec_driver_sql("DELETE FROM customers"))
    news(desk, TransferNews.RELEASED, T1, LATER + MINUTE)
    assert alarms(desk, case_id) == ["released_after_cancel"]
    assert case_of(desk, case_id).state is CaseState.SETTLED


def test_the_money_of_another_customer_is_none_of_this_case(desk: Desk) -> None:
    let_go(desk)
    stranger = CaseId(desk.flag(2, customer_id="u_2", tier=Tier.HIGH).case_id)
    desk.on(stranger, LATER, warns)
    assert queued(desk) == []


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ((TransferState.ALLOWED, False), (TransferState.CANCELLED, False), {T1: Effect.STOP_PAYMENT}),
        (
            (TransferState.HELD, True),
            (TransferState.RELEASED, False),
            {T1: Effect.STOP_PAYMENT, T2: Effect.STOP_PAYMENT},
        ),
        ((TransferState.REFUSED, True), (TransferState.HELD, False), {T1: Effect.STOP_PAYMENT}),
        ((TransferState.REFUSED, False), (TransferState.CANCELLED, False), {T1: Effect.PERSON, T2: Effect.PERSON}),
        ((TransferState.HELD, False), (TransferState.CANCELLED, False), {T2: Effect.PERSON}),
    ],
)
def test_the_transfers_of_a_waiting_case_say_why_it_waits(
    first: tuple[TransferState, bool], second: tuple[TransferState, bool], shown: dict[TransferId, Effect]
) -> None:
    assert unheld_for({T1: first, T2: second}) == shown
