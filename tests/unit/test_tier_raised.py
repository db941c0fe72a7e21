"""The tier of a new case also depends on the bank's events of that day and on a recent attempt to cheat."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import POLICY, Desk
from tests.unit.sms_desk import SmsDesk, prompted
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.customer import raise_next_tiers
from wakeup.usecases.intake.settle_case import settle_case

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def flagged(desk: Desk, n: int, now: datetime, tier: Tier = Tier.MEDIUM) -> Tier:
    """The tier of the case that is opened now. The one before is over."""
    opened = desk.flag(n, now, customer_id="u_1", phone="+6591234567", tier=tier)
    desk.run(settle_case, opened.case_id, now + 30 * MINUTE)
    return desk.run(lambda unit: unit.cases.lock(opened.case_id)).tier


@pytest.mark.parametrize(("after", "tier"), [(DAY - SECOND, Tier.HIGH), (DAY, Tier.MEDIUM)])
def test_a_tier_that_the_bank_gave_a_customer_counts_for_a_day(desk: Desk, after: timedelta, tier: Tier) -> None:
    assert flagged(desk, 1, T0, Tier.HIGH) is Tier.HIGH
    assert flagged(desk, 2, T0 + after) is tier
    assert desk.transfer(TransferId("t_2")).tier is Tier.MEDIUM, "the payment keeps its own"


def test_a_lesser_warning_lowers_no_tier(desk: Desk) -> None:
    flagged(desk, 1, T0, Tier.CRITICAL)
    assert flagged(desk, 2, T0 + HOUR) is Tier.CRITICAL
    assert flagged(desk, 3, T0 + 2 * HOUR) is Tier.CRITICAL


@pytest.mark.parametrize(
    ("after", "named", "tier"),
    [
        (POLICY.release.shaken_for - SECOND, Tier.MEDIUM, Tier.HIGH),
        (POLICY.release.shaken_for - SECOND, Tier.HIGH, Tier.CRITICAL),
        (POLICY.release.shaken_for - SECOND, Tier.CRITICAL, Tier.CRITICAL),
        (POLICY.release.shaken_for, Tier.MEDIUM, Tier.MEDIUM),
    ],
)
def test_a_customer_who_was_nearly_cheated_is_one_tier_higher_for_three_days(
    desk: Desk, after: timedelta, named: Tier, tier: Tier
) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1", phone="+6591234567").case_id)
    desk.on(case_id, T0, raise_next_tiers)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    assert flagged(desk, 2, T0 + after, named) is tier


def test_a_customer_whose_guardian_is_worried_is_one_tier_higher() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.writes(f"{confirmation.code} 1", T0 + MINUTE)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    assert flagged(desk, 2, T0 + HOUR) is Tier.HIGH
