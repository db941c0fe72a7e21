"""Staff hold an allow by hand while the payment core has not acknowledged it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, said
from tests.unit.test_cannot_talk import presses_5
from tests.unit.test_recall import (
    ALLOWED,
    COOLED,
    DUE,
    HELD,
    SUPERSEDED,
    a_supervisor_holds_it,
    a_supervisor_labels_it,
    it_died,
    it_was_never_tried,
    kinds,
    learns,
    let_go,
    messages,
    nobody_answers,
    rulings,
)
from tests.unit.test_released_by_staff import is_released
from tests.unit.test_warning_after_allow import LATER, T1, T2, case_of, news, queued
from wakeup.domain.case import CaseState
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.to_do import Urgency
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case


@pytest.mark.parametrize("then", [it_was_never_tried, nobody_answers, it_died])
def test_an_unacknowledged_allow_is_held_by_hand_under_the_name_of_the_staff_member(
    desk: Desk, then: Callable[[Desk], None]
) -> None:
    case_id = let_go(desk)
    then(desk)
    a_supervisor_holds_it(desk, case_id)
    assert "settle" in desk.wakes, "the hold has an end"
    assert rulings(desk) == [("allow", "consistent"), ("hold", "held_by_person")]
    assert desk.decisions(T1)[-1].decided_by == "ann"
    assert messages(desk) == [(2, SUPERSEDED), (3, DUE)]
    assert kinds(desk, case_id).index("review_held") < kinds(desk, case_id).index("allow_called_back")
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW


def one_of_two_is_held(desk: Desk) -> CaseId:
    """Two payments of one customer are allowed, and a supervisor holds the first."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.flag(2, customer_id="u_1")
    for n, transfer in enumerate((T1, T2)):
        desk.teach(case_id, said(Outcome.CONSISTENT, transfer, T0 + (1 + n) * MINUTE, n), T0 + (1 + n) * MINUTE)
    desk.run(settle_case, case_id, COOLED + MINUTE)
    a_supervisor_holds_it(desk, case_id)
    return case_id


def test_a_hold_by_hand_concerns_the_one_payment_that_was_meant(desk: Desk) -> None:
    one_of_two_is_held(desk)
    assert (desk.transfer(T1).state, desk.transfer(T2).state) == (HELD, ALLOWED)


def acknowledged(desk: Desk) -> None:
    desk.deliver(COOLED)


def paid_out(desk: Desk) -> None:
    news(desk, TransferNews.RELEASED, T1, COOLED)


@pytest.mark.parametrize("then", [acknowledged, paid_out])
def test_staff_who_press_hold_too_late_are_told_so(desk: Desk, then: Callable[[Desk], None]) -> None:
    case_id = let_go(desk)
    then(desk)
    with pytest.raises(ConflictError) as refused:
        a_supervisor_holds_it(desk, case_id)
    assert refused.value.field == "transfer"
    assert rulings(desk) == [("allow", "consistent")] and "review_held" not in kinds(desk, case_id)


def test_a_label_leaves_the_case_that_it_put_into_the_queue_there(desk: Desk) -> None:
    case_id = let_go(desk)
    a_supervisor_labels_it(desk, case_id)
    desk.deliver(LATER)
    assert queued(desk) == [(T1, Urgency.PERSON_WANTED)]


def test_a_hold_by_hand_puts_the_case_into_the_queue_and_promises_the_customer_nothing(desk: Desk) -> None:
    case_id = let_go(desk)
    a_supervisor_holds_it(desk, case_id)
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
    assert case_of(desk, case_id).person_due_at is None
    desk.deliver(LATER)
    assert queued(desk) == [(T1, Urgency.HELD)]
    assert case_of(desk, case_id).state is CaseState.IN_REVIEW


@pytest.mark.parametrize("before_the_answer", [True, False])
def test_a_release_of_what_was_held_by_hand_ends_the_review_whether_or_not_the_core_had_answered(
    desk: Desk, *, before_the_answer: bool
) -> None:
    case_id = let_go(desk)
    a_supervisor_holds_it(desk, case_id)
    if not before_the_answer:
        desk.deliver(LATER)
    is_released(desk, case_id, LATER + MINUTE)
    assert queued(desk) == []
    assert case_of(desk, case_id).state is CaseState.SETTLED
    desk.deliver(LATER + 2 * MINUTE)
    assert queued(desk) == [] and desk.transfer(T1).state is ALLOWED


def test_such_a_release_ends_no_review_of_other_money(desk: Desk) -> None:
    case_id = one_of_two_is_held(desk)
    desk.deliver(COOLED + 2 * MINUTE)
    learns(desk, case_id)
    is_released(desk, case_id, LATER + MINUTE)
    assert T2 in [transfer for transfer, _ in queued(desk)], "a warning has asked it back"


def test_such_a_release_leaves_a_customer_in_the_queue_who_cannot_talk_freely(desk: Desk) -> None:
    case_id = let_go(desk)
    presses_5(desk, case_id, LATER)
    assert desk.transfer(T1).state is HELD, "it is recalled"
    is_released(desk, case_id, LATER + MINUTE)
    assert [transfer for transfer, _ in queued(desk)] == [T1]
