"""The bank repeats what it has corrected: it counts once, so that two persons can still agree to a release. What is
really different counts each time."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import PHONE, Desk, someone
from tests.unit.test_older_page import HELD, LATER, Happens, too_old
from tests.unit.test_release_from_its_page import T1, WHY, flagged_again, held, the_page
from wakeup.domain.ids import CaseId
from wakeup.domain.party import Payee
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.deciding.overrule import Released, confirm_release, release
from wakeup.usecases.intake.settle_case import settle_case

BEN_AT = HELD + 3 * MINUTE


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, *map(a_staff, ("ann", "ben")))
    return desk


def again(desk: Desk, n: int, at: datetime, **changes: Any) -> None:
    """The bank's next event about the same transfer, with the next score."""
    flagged_again(now=at, tier=Tier.CRITICAL, event_id=f"again_{n}", content_hash=f"c_{n}", **changes)(
        desk, desk.transfer(T1).case_id
    )


def two_persons(desk: Desk, case_id: CaseId, before: dict[str, Any], between: dict[str, Any]) -> Released:
    """The bank's event comes before the first person asks, and another before the second confirms."""
    again(desk, 0, HELD, **before)
    take(desk, "ann", case_id, HELD)
    asked = desk.run(release, order(desk, "ann", case_id, *WHY), the_page(desk, case_id), HELD + MINUTE)
    assert asked is Released.SECOND_NEEDED
    again(desk, 1, HELD + 2 * MINUTE, **between)
    take(desk, "ben", case_id, BEN_AT)
    return desk.run(confirm_release, order(desk, "ben", case_id, *WHY), the_page(desk, case_id), BEN_AT)


CORRECTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "amount": ({"amount": Decimal(505)}, {"amount": Decimal(506)}),
    "currency": ({"currency": "USD"}, {"currency": "EUR"}),
    "account": ({"payee": Payee(account="a_1x")}, {"payee": Payee(account="a_1y")}),
    "number": ({"customer": someone("+6598887777", "u_1")}, {"customer": someone("+6598887778", "u_1")}),
}


@pytest.mark.parametrize("what", CORRECTIONS)
def test_two_persons_agree_while_the_bank_repeats_one_correction(desk: Desk, what: str) -> None:
    case_id = held(desk, Tier.CRITICAL)
    once, _ = CORRECTIONS[what]
    assert two_persons(desk, case_id, once, once) is Released.RELEASED
    kinds = [row["kind"] for row in desk.timeline(case_id)]
    assert kinds.count("event_again") == 2 and kinds.count("other_payment") + kinds.count("other_number") == 1


@pytest.mark.parametrize("what", CORRECTIONS)
def test_a_correction_that_is_really_another_one_counts_again(desk: Desk, what: str) -> None:
    case_id = held(desk, Tier.CRITICAL)
    assert two_persons(desk, case_id, *CORRECTIONS[what]) is Released.CHANGED
    assert desk.transfer(T1).state is TransferState.HELD


def test_the_same_amount_written_otherwise_is_no_other_one(desk: Desk) -> None:
    case_id = held(desk, Tier.CRITICAL)
    once, written = {"amount": Decimal(505)}, {"amount": Decimal("505.00")}
    assert two_persons(desk, case_id, once, written) is Released.RELEASED


def test_the_same_correction_of_another_transfer_is_another_one(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, tier=Tier.CRITICAL, phone=PHONE, customer_id="u_1").case_id)
    assert desk.flag(2, T0 + MINUTE, tier=Tier.CRITICAL, phone=PHONE, customer_id="u_1").case_id == case_id
    desk.run(settle_case, case_id, HELD)
    amount, account = Decimal(505), Payee(account="a_9")
    again(desk, 0, HELD, amount=amount, payee=account)
    take(desk, "ann", case_id, HELD)
    page = the_page(desk, case_id)
    flagged_again(n=2, tier=Tier.CRITICAL, amount=amount, payee=account)(desk, case_id)
    too_old(lambda: desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER))
    named = [row["transfer"] for row in desk.timeline(case_id) if row["kind"] == "other_payment"]
    assert named == [T1, "t_2"], "the page names both, whatever else they change"


def test_what_was_named_cannot_be_told_from_the_timeline_even_with_the_index_key(desk: Desk) -> None:
    """It stays when the customer is erased, and each mark stands for thousands of numbers."""
    case_id = held(desk, Tier.CRITICAL)
    again(desk, 0, HELD, amount=Decimal(505), customer=someone("+6598887777", "u_1"))
    marks = [row["named"] for row in desk.timeline(case_id) if "named" in row]
    assert [len(mark) for mark in marks] == [3, 3]


SWAPPED, FORWARDED = {"sim_swapped_at": LATER - MINUTE}, {"forwarding": True}
DOUBTED: dict[str, dict[str, Any]] = {
    "the number was changed": {"phone_changed_at": T0 - MINUTE},
    "no number": {"customer": someone(None, "u_1")},
}


def doubted(desk: Desk, tier: Tier = Tier.HIGH, **changes: Any) -> CaseId:
    case_id = CaseId(desk.flag(1, tier=tier, **{"phone": PHONE, "customer_id": "u_1", **changes}).case_id)
    desk.run(settle_case, case_id, HELD)
    take(desk, "ann", case_id, HELD)
    return case_id


def in_another_case(**changes: Any) -> Happens:
    def happens(desk: Desk, case_id: CaseId) -> None:
        other = desk.flag(2, LATER, customer_id="u_1", phone=PHONE, tier=Tier.HIGH, **changes)
        assert other.case_id != case_id

    return happens


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("doubt", [SWAPPED, FORWARDED])
@pytest.mark.parametrize("first", DOUBTED)
def test_another_doubt_of_a_line_that_was_not_rung_before_refuses_an_older_page(
    desk: Desk, first: str, doubt: dict[str, Any], *, elsewhere: bool
) -> None:
    case_id = doubted(desk, **DOUBTED[first])
    page = the_page(desk, case_id)
    customer = {"customer": someone(None, "u_1")} if first == "no number" else {}
    (in_another_case if elsewhere else flagged_again)(**doubt, **customer)(desk, case_id)
    too_old(lambda: desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER + MINUTE))
    newest = [row["doubts"] for row in desk.timeline(case_id) if row["kind"] == "line_suspicious"][-1]
    assert newest == ["forwarding" if doubt is FORWARDED else "sim_swapped"]


@pytest.mark.parametrize("doubt", [SWAPPED, FORWARDED])
@pytest.mark.parametrize("rung", [False, True])
def test_the_same_doubt_counts_once(desk: Desk, doubt: dict[str, Any], *, rung: bool) -> None:
    case_id = doubted(desk, Tier.CRITICAL, **({} if rung else DOUBTED["the number was changed"]))
    assert two_persons(desk, case_id, doubt, doubt) is Released.RELEASED


def test_what_makes_the_line_suspicious_from_the_first_is_noted(desk: Desk) -> None:
    case_id = doubted(desk, phone_changed_at=T0 - MINUTE, forwarding=True)
    page = the_page(desk, case_id)
    flagged_again(phone_changed_at=T0 - MINUTE, forwarding=True)(desk, case_id)
    [row] = [row for row in desk.timeline(case_id) if row["kind"] == "line_suspicious"]
    assert row["doubts"] == ["forwarding", "phone_changed"]
    assert desk.run(release, order(desk, "ann", case_id, *WHY), page, LATER) is Released.RELEASED
