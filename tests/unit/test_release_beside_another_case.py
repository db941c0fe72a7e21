"""What speaks against a payment in another case of the customer speaks against a release of this one: an older page
releases nothing, and the page shows what has come there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import PHONE, Desk, driver, said
from tests.unit.test_cannot_talk import presses_5
from tests.unit.test_older_page import HELD, LATER, a_guardian_worries, notes, too_old
from tests.unit.test_release_from_its_page import T1, T2, WHY, flagged_again, held, shown, the_page, to_police
from wakeup.domain.ids import CaseId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.overrule import Released, confirm_release, release
from wakeup.usecases.deciding.release_basis import binds_now
from wakeup.usecases.inputs import LabelIn
from wakeup.usecases.intake.news import record_bank_label
from wakeup.usecases.intake.settle_case import settle_case

Act = Callable[[Desk, CaseId], object]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, *map(a_staff, ("ann", "ben", "cy")))
    return desk


def another_case(desk: Desk, case_id: CaseId, n: int = 2, **changes: Any) -> CaseId:
    facts = {"customer_id": "u_1", "phone": PHONE, "tier": Tier.HIGH, **changes}
    other = CaseId(desk.flag(n, HELD, **facts).case_id)
    assert other != case_id
    return other


def labelled(truth: Truth) -> Act:
    def act(desk: Desk, _other: CaseId) -> None:
        said = LabelIn(event_id="late", content_hash="h", transfer_id=T2, label=truth, recovered=Decimal(0),
                       occurred_at=LATER)  # fmt: skip
        desk.run(record_bank_label, said, LATER)

    return act


def police(desk: Desk, other: CaseId) -> None:
    take(desk, "cy", other, LATER)
    to_police(desk, other)


OBJECTIONS: dict[str, Act] = {
    "who cannot talk": lambda desk, other: presses_5(desk, other, LATER),
    "the label scam": labelled(Truth.SCAM),
    "the police queue": police,
    "another amount": flagged_again(n=2, amount=Decimal(505)),
    "who is put through": notes("hand_over_begun"),
    "a colleague who is rung": notes("person_rung"),
    "a wish for a human on our line": notes("call_in_asked_person"),
    "a guardian who worries": a_guardian_worries,
}


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("news", OBJECTIONS)
def test_no_release_from_a_page_that_does_not_show_what_came_in_another_case(
    desk: Desk, news: str, *, guarded: bool
) -> None:
    case_id = held(desk, guarded=guarded)
    other = another_case(desk, case_id)
    page = the_page(desk, case_id)
    OBJECTIONS[news](desk, other)
    before = desk.timeline(case_id)
    too_old(lambda: desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE))
    assert desk.timeline(case_id) == before and desk.transfer(T1).state is TransferState.HELD
    assert {row[0] for row in desk.run(read_case, case_id, LATER).beside} == {other}
    sent_again = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), LATER + MINUTE)
    assert sent_again in {Released.RELEASED, Released.SECOND_NEEDED}


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("news", OBJECTIONS)
def test_a_request_lapses_with_what_comes_in_another_case(desk: Desk, news: str, *, guarded: bool) -> None:
    case_id = held(desk, Tier.CRITICAL, guarded=guarded)
    other = another_case(desk, case_id, tier=Tier.CRITICAL)
    asked = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), HELD + MINUTE)
    assert asked is Released.SECOND_NEEDED
    OBJECTIONS[news](desk, other)
    assert shown(desk, case_id).asked is None
    take(desk, "ben", case_id, LATER)
    answer = desk.run(confirm_release, order(desk, "ben", case_id, *WHY), the_page(desk, case_id), LATER + MINUTE)
    assert answer is Released.CHANGED


def test_a_guard_of_another_payment_is_shown_and_refuses_an_older_page_whatever_brought_it(desk: Desk) -> None:
    case_id = held(desk)
    other = another_case(desk, case_id)
    page = the_page(desk, case_id)
    assert not shown(desk, case_id).guarded_beside
    desk.on(other, LATER, guard)
    assert shown(desk, case_id).guarded_beside and not desk.run(read_case, case_id, LATER).beside
    too_old(lambda: desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE))


@pytest.mark.parametrize("news", [labelled(Truth.GENUINE), notes("turn"), flagged_again(n=2), notes("sms_delivered")])
def test_what_speaks_against_nothing_in_another_case_refuses_no_release(desk: Desk, news: Act) -> None:
    case_id = held(desk)
    other = another_case(desk, case_id)
    page = the_page(desk, case_id)
    news(desk, other)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE) is Released.RELEASED


def test_what_the_bank_says_of_the_customer_is_shown_once(desk: Desk) -> None:
    """It is noted in each of their cases."""
    case_id = held(desk)
    another_case(desk, case_id)
    flagged_again(n=2, sim_swapped_at=LATER - MINUTE, tier=Tier.CRITICAL, signals=("family_risk",))(desk, case_id)
    kinds = {row["kind"] for row in desk.timeline(case_id)}
    assert {"line_suspicious", "tier_raised", "family_risk"} <= kinds
    assert not desk.run(read_case, case_id, LATER).beside


def test_another_customers_case_and_one_of_long_ago_say_nothing(desk: Desk) -> None:
    old = CaseId(desk.flag(2, T0 - timedelta(days=3), customer_id="u_1", phone=PHONE, tier=Tier.HIGH,
                           hold_max=T0 - timedelta(days=2), decide_by=T0 - timedelta(days=3) + MINUTE).case_id)  # fmt: skip
    desk.run(settle_case, old, T0 - timedelta(days=2))
    case_id = held(desk)
    theirs = another_case(desk, case_id, 3, customer_id="u_3", phone="+6591111111")
    page = the_page(desk, case_id)
    labelled(Truth.SCAM)(desk, old)
    notes("hand_over_begun")(desk, theirs)
    assert not desk.run(read_case, case_id, LATER).beside
    assert desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE) is Released.RELEASED


def test_each_transfer_of_a_page_is_bound_to_what_counts_for_it(desk: Desk) -> None:
    """The page reads once what counts for the oldest. In between something was said in another case."""
    old = CaseId(desk.flag(2, T0 - HOUR, customer_id="u_1", phone=PHONE, tier=Tier.HIGH).case_id)
    desk.run(settle_case, old, T0 - MINUTE)
    case_id = CaseId(desk.flag(1, T0, tier=Tier.HIGH, phone=PHONE, customer_id="u_1").case_id)
    assert case_id != old
    desk.on(old, T0 + MINUTE, lambda file: record_evidence(file, "callee", said(Outcome.NO_INPUT, T2, file.now, 5)))
    assert desk.flag(3, T0 + 2 * MINUTE, tier=Tier.HIGH, phone=PHONE, customer_id="u_1").case_id == case_id
    desk.run(settle_case, case_id, HELD + HOUR)
    views = desk.run(read_case, case_id, HELD + HOUR).transfers
    case = desk.run(lambda unit: unit.views.case(case_id))
    assert case is not None
    assert [one.binds for one in views] == [desk.run(binds_now, case, one.transfer) for one in views]
    assert all(one.binds for one in views) and len(views) == 2


@pytest.mark.parametrize("held_beside", [0, 6])
def test_the_page_of_a_case_reads_its_timeline_once_however_many_transfers_it_holds(
    desk: Desk, held_beside: int
) -> None:
    case_id = CaseId(desk.flag(1, tier=Tier.HIGH, phone=PHONE, customer_id="u_1").case_id)
    for n in range(2, 2 + held_beside):
        assert desk.flag(n, tier=Tier.HIGH, phone=PHONE, customer_id="u_1").case_id == case_id
    desk.run(settle_case, case_id, HELD)
    asked: list[str] = []
    driver(desk._connection).set_trace_callback(asked.append)
    assert all(one.binds for one in desk.run(read_case, case_id, LATER).transfers)
    reads = [one for one in asked if one.startswith("SELECT timeline.")]
    assert len(reads) == 2, "its own, and those of the customer's other cases"
