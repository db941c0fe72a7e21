"""A warning recalls an allow that the payment core has not acknowledged: a hold follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said
from tests.unit.test_warning_after_allow import LATER, T1, T2, alarms, case_of, news, queued, warns
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import CaseId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import Urgency
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.guard import guard
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.call_in import Caller, keep_on_hold, match_call_in
from wakeup.usecases.deciding.deliver import listed, take_messages
from wakeup.usecases.deciding.overrule import DecisionRef, Released, confirm_release, hold, release
from wakeup.usecases.deciding.record_label import NewLabel, label
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.inputs import LabelIn, TransferNews
from wakeup.usecases.intake.news import record_bank_label
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ports import Receipt
from wakeup.usecases.records import MessageState

COOLED, END = T0 + 17 * MINUTE, T0 + 6 * HOUR
ALLOWED, HELD = TransferState.ALLOWED, TransferState.HELD
DUE, DEAD, SUPERSEDED, DELIVERED = MessageState.DUE, MessageState.DEAD, MessageState.SUPERSEDED, MessageState.DELIVERED


def let_go(desk: Desk, **changes: Any) -> CaseId:
    """The talk went well and the service allowed the payment, but the payment core has not received that."""
    case_id = CaseId(desk.flag(1, customer_id="u_1", **changes).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is ALLOWED
    return case_id


def learns(desk: Desk, case_id: CaseId, now: datetime = LATER, outcome: Outcome = Outcome.NOT_ME) -> None:
    """A talk brings a warning, and what is due is settled when its turn is over."""

    def learn(file: CaseFile) -> None:
        file.unit.talks.add_evidence(said(outcome, T1, now, int(now.timestamp())), case_id)
        alarm_after_allow(file, WARNED, "callee")
        settle_file(file)

    desk.on(case_id, now, learn)


def rulings(desk: Desk) -> list[tuple[str, str]]:
    return [(decision.ruling.value, decision.reason) for decision in desk.decisions(T1)[1:]]


def messages(desk: Desk) -> list[tuple[int, MessageState]]:
    found = desk.run(listed, None, 99)
    return sorted((one.sequence, one.state) for one in found if one.transfer_id == T1)


def kinds(desk: Desk, case_id: CaseId) -> list[str]:
    return [row["kind"] for row in desk.timeline(case_id)]


def nobody_answers(desk: Desk) -> None:
    desk.deliver(COOLED, Receipt.RETRY, None)


def it_died(desk: Desk) -> None:
    desk.deliver(COOLED, Receipt.GONE, 422)


def it_was_never_tried(_desk: Desk) -> None:
    pass


@pytest.mark.parametrize("then", [it_was_never_tried, nobody_answers, it_died])
def test_an_allow_that_the_core_has_not_acknowledged_is_recalled_by_a_warning(
    desk: Desk, then: Callable[[Desk], None]
) -> None:
    case_id = let_go(desk)
    then(desk)
    learns(desk, case_id)
    assert desk.transfer(T1).state is HELD
    assert rulings(desk) == [("allow", "consistent"), ("hold", "not_me")], "once, though its turn settles, too"
    assert messages(desk) == [(2, SUPERSEDED), (3, DUE)]
    assert alarms(desk, case_id) == [WARNED], "it may have arrived all the same"
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW
    [sent] = desk.run(take_messages, LATER, 9).messages
    assert (b'"sequence":3' in sent.envelope.body, sent.recalled) == (True, case_id)


def test_an_allow_that_the_core_has_acknowledged_is_not_recalled(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.deliver(COOLED)
    learns(desk, case_id)
    assert rulings(desk) == [("allow", "consistent")]
    assert "allow_called_back" not in kinds(desk, case_id)


@pytest.mark.parametrize("receipt", [Receipt.DELIVERED, Receipt.RETRY, Receipt.GONE])
def test_the_hold_waits_for_the_allow_on_the_wire_whatever_becomes_of_it(desk: Desk, receipt: Receipt) -> None:
    case_id = let_go(desk)
    [allow] = desk.run(take_messages, LATER, 9).messages
    learns(desk, case_id)
    [row] = [row for row in desk.timeline(case_id) if row["kind"] == "allow_called_back"]
    assert (row["sequence"], row["tries"], row["on_the_wire"]) == (2, 0, True)
    assert desk.run(take_messages, LATER, 9).messages == (), "one in flight a transfer"
    desk.answer(allow, LATER, receipt)
    assert messages(desk) == [(2, SUPERSEDED), (3, DUE)]
    [hold] = desk.run(take_messages, LATER, 9).messages
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)], "nobody knows yet"
    desk.answer(hold, LATER)
    assert messages(desk) == [(2, SUPERSEDED), (3, DELIVERED)]


def a_guardian_worries(desk: Desk, case_id: CaseId) -> None:
    desk.on(case_id, LATER, lambda file: request_review(file, "guardian_worried"))


def a_guardian_stops(desk: Desk, case_id: CaseId) -> None:
    def stop(file: CaseFile) -> None:
        guard(file)
        settle_file(file)
        request_review(file, "guardian_stop")

    desk.on(case_id, LATER, stop)


def they_ring_in(desk: Desk, _case_id: CaseId) -> None:
    news(desk, TransferNews.CALL_STARTED_IN_APP, T1, LATER)
    caller = Caller(call_sid="CA1", from_="+6590000001")
    assert desk.run(match_call_in, caller, LATER) and desk.run(keep_on_hold, caller, LATER)


def the_bank_raises_it(desk: Desk, _case_id: CaseId) -> None:
    desk.flag(1, LATER, customer_id="u_1", tier=Tier.CRITICAL, event_id="again", content_hash="other")


def the_bank_names_another_amount(desk: Desk, _case_id: CaseId) -> None:
    """The good answer was about the first amount, and does not count for this one."""
    again = desk.flag(1, LATER, customer_id="u_1", amount=Decimal(900), event_id="again", content_hash="other")
    assert (again.differs, again.decision.ruling) == (("amount",), Ruling.HOLD), "the answer lets nothing go either"


def the_bank_doubts_the_line(desk: Desk, _case_id: CaseId) -> None:
    """Perhaps the person who said that all is well was not the customer."""
    desk.flag(1, LATER, customer_id="u_1", sim_swapped_at=LATER, event_id="again", content_hash="other")


def the_bank_doubts_the_line_in_another_case(desk: Desk, case_id: CaseId) -> None:
    assert desk.flag(2, LATER, customer_id="u_1", forwarding=True).case_id != case_id


def the_bank_labels_it(desk: Desk, _case_id: CaseId) -> None:
    bank_labels(desk, Truth.SCAM)


def bank_labels(desk: Desk, word: Truth) -> None:
    truth = LabelIn(
        event_id="l_1", content_hash="h", transfer_id=T1, label=word, recovered=Decimal(0),
        occurred_at=LATER,
    )  # fmt: skip
    desk.run(record_bank_label, truth, LATER)


def a_supervisor_labels_it(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id, LATER)
    desk.run(label, order(desk, "ann", case_id), NewLabel(transfer_id=T1, label=Truth.SCAM), LATER)


def a_supervisor_holds_it(desk: Desk, case_id: CaseId) -> None:
    """Without a claim, as any hold by hand."""
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim, LATER).state is HELD


def another_case_brings_it(desk: Desk, case_id: CaseId) -> None:
    other = CaseId(desk.flag(2, LATER - MINUTE, customer_id="u_1").case_id)
    assert other != case_id
    desk.on(other, LATER, warns)


WARNINGS = [
    a_guardian_worries, a_guardian_stops, they_ring_in, the_bank_raises_it, the_bank_names_another_amount,
    the_bank_doubts_the_line, the_bank_doubts_the_line_in_another_case, the_bank_labels_it, a_supervisor_labels_it,
    a_supervisor_holds_it, another_case_brings_it,
]  # fmt: skip


@pytest.mark.parametrize("warned", WARNINGS)
def test_a_payment_is_recalled_for_good_whatever_brings_the_warning(
    desk: Desk, warned: Callable[[Desk, CaseId], None]
) -> None:
    case_id = let_go(desk)
    warned(desk, case_id)
    assert desk.transfer(T1).state is HELD and desk.transfer(T1).guarded
    assert [ruling for ruling, _ in rulings(desk)] == ["allow", "hold"]
    assert (T1, Urgency.MONEY_LEAVING) in queued(desk)
    desk.deliver(LATER)
    assert "recall_arrived" in kinds(desk, case_id)
    news(desk, TransferNews.CONFIRMED_IN_APP, T1, LATER + MINUTE)
    desk.run(settle_case, case_id, LATER + HOUR)
    assert desk.transfer(T1).state is HELD, "no clock lets it go again"
    desk.run(settle_case, case_id, END)
    assert desk.transfer(T1).state is TransferState.REFUSED


def test_a_label_genuine_calls_nothing_back(desk: Desk) -> None:
    let_go(desk)
    bank_labels(desk, Truth.GENUINE)
    assert desk.transfer(T1).state is ALLOWED


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.IN_REVIEW])
def test_a_doubt_of_the_line_that_comes_with_another_payment_reaches_an_open_case(desk: Desk, state: CaseState) -> None:
    desk.flag(3, customer_id="u_1", minutes=60 if state is CaseState.OPEN else 10)
    case_id = let_go(desk)
    assert case_of(desk, case_id).state is state
    joined = desk.flag(2, LATER, customer_id="u_1", forwarding=True).case_id
    assert (joined == case_id) is (state is CaseState.OPEN)
    assert desk.transfer(T1).state is HELD
    assert alarms(desk, case_id)[-1] == "line_suspicious_after_allow"


def test_a_doubt_of_the_line_from_before_the_release_recalls_nothing(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, minutes=10, customer_id="u_1", forwarding=True).case_id)
    desk.run(settle_case, case_id, COOLED)
    take(desk, "ann", case_id, COOLED)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, order(desk, "ann", case_id, Reason.PAYEE_CHECKED), aim, COOLED) is Released.RELEASED
    the_bank_doubts_the_line(desk, case_id)
    the_bank_doubts_the_line_in_another_case(desk, case_id)
    assert (desk.transfer(T1).state, alarms(desk, case_id)) == (ALLOWED, [])


@pytest.mark.parametrize("then", [it_was_never_tried, nobody_answers, it_died])
def test_a_payment_that_the_customer_cancels_is_held_if_the_core_has_not_acknowledged_the_allow(
    desk: Desk, then: Callable[[Desk], None]
) -> None:
    """The core may pay out by our word before it hears from the app."""
    case_id = let_go(desk)
    then(desk)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER)
    assert messages(desk) == [(2, SUPERSEDED), (3, DUE)]
    assert rulings(desk)[-1] == ("hold", "called_back")
    assert (desk.transfer(T1).state, desk.transfer(T1).guarded) == (TransferState.CANCELLED, False)
    assert (case_of(desk, case_id).state, queued(desk), alarms(desk, case_id)) == (CaseState.SETTLED, [], [])


def test_a_payment_cancelled_after_the_core_has_acknowledged_it_gets_no_further_decision(desk: Desk) -> None:
    let_go(desk)
    desk.deliver(COOLED)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER)
    assert rulings(desk) == [("allow", "consistent")]


def test_a_recall_without_evidence_of_a_talk_has_the_reason_called_back(desk: Desk) -> None:
    case_id = let_go(desk)
    the_bank_labels_it(desk, case_id)
    assert rulings(desk)[-1] == ("hold", "called_back")


def test_the_customers_next_payment_is_not_allowed_beside_a_recalled_one(desk: Desk) -> None:
    """A release before the payment came does not count against it, except for what was recalled since."""
    case_id, at = let_go(desk), LATER + MINUTE
    the_bank_labels_it(desk, case_id)
    next_one = CaseId(desk.flag(2, at, customer_id="u_1").case_id)
    desk.teach(next_one, said(Outcome.CONSISTENT, T2, at + MINUTE, 2), at + MINUTE)
    desk.run(settle_case, next_one, at + HOUR)
    assert desk.transfer(T2).state is HELD


def test_a_payment_let_go_long_ago_is_called_back_while_the_core_is_away(desk: Desk) -> None:
    """Days later the bank could get nothing back, but money it was not told to release is still there."""
    case_id, at = let_go(desk, hold_max=T0 + timedelta(days=9)), T0 + timedelta(days=3)
    other = CaseId(desk.flag(2, at - MINUTE, customer_id="u_1").case_id)
    desk.on(other, at, warns)
    assert desk.transfer(T1).state is HELD
    assert alarms(desk, case_id) == [WARNED]


def test_a_payment_that_the_bank_released_long_ago_raises_no_alarm_after_a_warning(desk: Desk) -> None:
    """The core refused our allow and the bank released the payment by hand. Months later there is nothing to ask."""
    case_id, at = let_go(desk), T0 + timedelta(days=90)
    it_died(desk)
    news(desk, TransferNews.RELEASED, T1, COOLED + MINUTE)
    other = CaseId(desk.flag(2, at - MINUTE, customer_id="u_1").case_id)
    desk.on(other, at, warns)
    assert (alarms(desk, case_id), case_of(desk, case_id).state) == ([], CaseState.SETTLED)


def test_a_payment_in_doubt_in_another_case_is_told_again_after_staff_have_followed_it_up(desk: Desk) -> None:
    """As when the warning comes in its own case: the core has not answered yet."""
    case_id = let_go(desk)
    learns(desk, case_id)
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "the bank looks"), LATER)
    other = CaseId(desk.flag(2, LATER, customer_id="u_1", phone="+6590000001").case_id)
    assert other != case_id
    desk.on(other, LATER + MINUTE, warns)
    assert alarms(desk, case_id) == [WARNED, WARNED]
    assert (T1, Urgency.MONEY_LEAVING) in queued(desk)


def test_a_case_that_waits_already_has_its_next_payment_recalled_all_the_same(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    for n, transfer in enumerate((T1, T2)):
        desk.teach(case_id, said(Outcome.CONSISTENT, transfer, T0 + (1 + n) * MINUTE, n), T0 + (1 + n) * MINUTE)
    desk.run(settle_case, case_id, COOLED - MINUTE)
    desk.deliver(COOLED)
    assert desk.transfer(T1).state is ALLOWED
    desk.on(case_id, COOLED, lambda file: file.update(replace(file.case, unheld_at=COOLED)))
    desk.run(settle_case, case_id, COOLED + MINUTE)
    assert desk.transfer(T2).state is ALLOWED
    other = CaseId(desk.flag(3, LATER - MINUTE, customer_id="u_1").case_id)
    assert other != case_id
    desk.on(other, LATER, warns)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (ALLOWED, HELD)


def released_by_two(desk: Desk) -> CaseId:
    case_id = CaseId(desk.flag(1, customer_id="u_1", tier=Tier.CRITICAL).case_id)
    learns(desk, case_id, T0 + MINUTE, Outcome.COACHED)
    desk.deliver(T0 + MINUTE)
    for name, use_case, told in (("ann", release, Released.SECOND_NEEDED), ("ben", confirm_release, Released.RELEASED)):
        aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
        take(desk, name, case_id, COOLED)
        why = (Reason.IDENTIFIED_BY_CALL_BACK, "rang her")
        assert desk.run(use_case, order(desk, name, case_id, *why), aim, COOLED) is told
    assert desk.transfer(T1).state is ALLOWED
    return case_id


def test_a_release_by_two_persons_is_recalled_by_evidence_they_did_not_see(desk: Desk) -> None:
    case_id = released_by_two(desk)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is ALLOWED, "what they saw is no news"
    learns(desk, case_id, LATER, Outcome.DISTRESS)
    assert desk.transfer(T1).state is HELD
    desk.deliver(LATER)
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    take(desk, "ben", case_id, LATER)
    why = (Reason.IDENTIFIED_BY_CALL_BACK, "rang her again")
    assert desk.run(release, order(desk, "ben", case_id, *why), aim, LATER) is Released.SECOND_NEEDED, "all anew"


def test_a_critical_event_after_the_settlement_makes_another_release_need_two_persons(
    desk: Desk,
) -> None:
    case_id = let_go(desk)
    other = CaseId(desk.flag(2, LATER - MINUTE, customer_id="u_1", tier=Tier.CRITICAL).case_id)
    desk.on(other, LATER, warns)
    assert case_of(desk, case_id).tier is Tier.CRITICAL
    take(desk, "ann", case_id, LATER)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, order(desk, "ann", case_id, Reason.FALSE_ALARM), aim, LATER) is Released.SECOND_NEEDED


def test_another_payment_that_is_pending_goes_on_while_one_is_called_back(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, COOLED)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (ALLOWED, TransferState.PENDING)
    a_guardian_worries(desk, case_id)
    assert (desk.transfer(T1).state, case_of(desk, case_id).state) == (HELD, CaseState.OPEN)
    desk.deliver(LATER)
    assert case_of(desk, case_id).unheld_at is None
    assert list(desk.run(lambda unit: unit.texts.of_case(case_id))) == [], "not all is decided"


def test_an_allow_of_an_erased_customer_is_not_recalled(desk: Desk) -> None:
    case_id = let_go(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("DELETE FROM customers"))
    the_bank_labels_it(desk, case_id)
    assert rulings(desk) == [("allow", "consistent")]
    with pytest.raises(NotFoundError):
        a_supervisor_holds_it(desk, case_id)
