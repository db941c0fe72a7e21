"""Which confirmations in the bank's app count. The bank's clock may differ from ours, so it is compared with itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import POLICY, Desk, said, wait
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.app_confirmation import NotCounted
from wakeup.usecases.intake.news import TransferEventResult, apply_transfer_event
from wakeup.usecases.intake.open_case import open_case

T1 = TransferId("t_1")
SECOND, COOLING = timedelta(seconds=1), POLICY.release.cooling


def taps(desk: Desk, tapped: datetime, came: datetime, event_id: str = "tap") -> TransferEventResult:
    """The customer taps at `tapped` by the bank's clock, and we hear of it at `came`, by ours."""
    news = TransferEventIn(
        event_id=event_id, content_hash="h", transfer_id=T1, occurred_at=tapped, kind=TransferNews.CONFIRMED_IN_APP
    )
    return desk.run(apply_transfer_event, news, came)


def closes(desk: Desk, kind: TransferNews, now: datetime) -> None:
    desk.run(
        apply_transfer_event,
        TransferEventIn(event_id=kind, content_hash="h", transfer_id=T1, occurred_at=now, kind=kind),
        now,
    )


def flagged(desk: Desk, occurred_at: datetime = T0, now: datetime = T0, **changes: Any) -> None:
    """The bank's event, by its clock and by ours, and a customer who says that all is well."""
    case_id = desk.flag(1, now, tier=Tier.HIGH, occurred_at=occurred_at, **changes).case_id
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, now + SECOND, 1), now + SECOND)


@pytest.mark.parametrize("skew", [timedelta(), 30 * SECOND, 5 * MINUTE, -4 * MINUTE], ids=str)
def test_a_tap_after_the_flag_counts_whatever_the_banks_clock_says(desk: Desk, skew: timedelta) -> None:
    """Its cooling begins when we hear of it: a clock that is behind does not shorten it."""
    flagged(desk, T0 - skew)
    came = T0 + 20 * SECOND
    assert taps(desk, came - skew, came).left_out is None
    assert desk.transfer(T1).allow_at == came + COOLING


@pytest.mark.parametrize("ahead", [timedelta(), 4 * MINUTE], ids=str)
@pytest.mark.parametrize("joins", [False, True])
def test_a_tap_of_which_we_hear_before_the_flag_never_counts(desk: Desk, ahead: timedelta, joins: bool) -> None:
    """It approved the payment as it was, whatever time it bears. The answers say so until a tap counts."""
    if joins:
        desk.flag(2, T0 - MINUTE, customer_id="u_1")
    for _ in range(2):
        assert taps(desk, T0 + ahead, T0 - SECOND).left_out is NotCounted.EARLY
    flagged(desk, customer_id="u_1")
    assert desk.transfer(T1).allow_at is None
    assert taps(desk, T0 + ahead, T0 + MINUTE).left_out is NotCounted.EARLY, "a repeat gets the same answer"
    first = wait(1, tier=Tier.HIGH, occurred_at=T0, customer_id="u_1")
    assert desk.run(open_case, first, T0 + MINUTE).tap_left_out
    assert taps(desk, T0 + MINUTE, T0 + MINUTE, "tap_2").left_out is None
    assert not desk.run(open_case, first, T0 + MINUTE).tap_left_out


@pytest.mark.parametrize("swept", [False, True])
def test_a_tap_that_waited_too_long_for_its_flag_is_answered_as_before(desk: Desk, *, swept: bool) -> None:
    """It is noted as left out, unless the retention of early news was quicker. Then its id alone is left."""
    long_ago = T0 - timedelta(hours=25)
    assert taps(desk, long_ago, long_ago).left_out is NotCounted.EARLY
    if swept:
        desk.run(lambda unit: unit.connection.exec_driver_sql("DELETE FROM early_news"))
    flagged(desk)
    assert taps(desk, long_ago, T0 + MINUTE).left_out is NotCounted.EARLY
    first = wait(1, tier=Tier.HIGH, occurred_at=T0)
    assert desk.run(open_case, first, T0 + MINUTE).tap_left_out is not swept
    assert taps(desk, T0 + MINUTE, T0 + MINUTE, "tap_2").left_out is None
    assert desk.transfer(T1).allow_at == T0 + MINUTE + COOLING


def test_other_news_that_waited_too_long_is_not_applied(desk: Desk) -> None:
    closes(desk, TransferNews.CANCELLED_IN_APP, T0 - timedelta(hours=25))
    flagged(desk)
    assert desk.transfer(T1).state is TransferState.PENDING


@pytest.mark.parametrize("joins", [False, True])
def test_the_answer_to_the_event_tells_of_a_tap_that_came_before_it(desk: Desk, joins: bool) -> None:
    if joins:
        desk.flag(2, T0 - MINUTE, customer_id="u_1")
    taps(desk, T0, T0 - SECOND)
    assert desk.flag(1, customer_id="u_1").tap_left_out


def test_an_event_that_comes_late_loses_no_tap_of_which_we_hear_after_it(desk: Desk) -> None:
    """The event was refused with 503 and sent again. The customer tapped meanwhile, and that news waited behind it."""
    late = T0 + 5 * MINUTE
    flagged(desk, T0, late)
    assert taps(desk, T0 + 2 * MINUTE, late + SECOND).left_out is None
    assert desk.transfer(T1).allow_at == late + SECOND + COOLING


@pytest.mark.parametrize(
    ("happened", "tapped", "counts"),
    [
        (0.0, 0.0, True),
        (0.7, 0.0, True),
        (0.7, 0.6, False),
        (0.0, 0.6, True),
        (0.7, 0.7, True),
        (1.0, 0.0, False),
        (1.0, 0.999, False),
    ],
)
def test_a_tap_counts_unless_it_was_before_the_event(desk: Desk, happened: float, tapped: float, counts: bool) -> None:
    """By the bank's clock. A time of whole seconds means that second: the news came after the event."""
    flagged(desk, T0 + happened * SECOND)
    told = taps(desk, T0 + tapped * SECOND, T0 + MINUTE)
    assert told.left_out is (None if counts else NotCounted.BEFORE_EVENT)
    assert (desk.transfer(T1).allow_at is not None) == counts
    assert taps(desk, T0 + tapped * SECOND, T0 + 2 * MINUTE).left_out is told.left_out


def test_a_tap_that_does_not_count_takes_back_none_that_did(desk: Desk) -> None:
    flagged(desk)
    taps(desk, T0 + MINUTE, T0 + MINUTE)
    assert taps(desk, T0 - MINUTE, T0 + 2 * MINUTE, "older").left_out is NotCounted.BEFORE_EVENT
    assert desk.transfer(T1).allow_at == T0 + MINUTE + COOLING


@pytest.mark.parametrize("kind", [TransferNews.CANCELLED_IN_APP, TransferNews.RELEASED])
def test_a_tap_about_what_is_over_changes_nothing_and_its_answer_says_so(desk: Desk, kind: TransferNews) -> None:
    flagged(desk)
    closes(desk, kind, T0 + MINUTE)
    assert taps(desk, T0 + MINUTE, T0 + MINUTE).left_out is NotCounted.CLOSED
    assert desk.transfer(T1).confirmed_in_app_at is None


def test_a_node_whose_clock_is_behind_takes_no_tap_for_an_early_one(desk: Desk) -> None:
    """The flag was accepted by another node, whose clock is ahead of this one's."""
    flagged(desk)
    taps(desk, T0, T0 - SECOND)
    assert desk.transfer(T1).allow_at == T0 + SECOND + COOLING, "counted from what the customer said"
