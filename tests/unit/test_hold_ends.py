"""At the end of a hold the payment is refused. Staff are told once, while they can still release it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import POLICY, Desk, said
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.console.board import read_board
from wakeup.usecases.deciding.settle import cases_due
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.repositories.views import Wanted

T1, END = TransferId("t_1"), T0 + 48 * HOUR
ALARM = END - POLICY.review.alarm_before


def works_until(desk: Desk, now: datetime) -> list[datetime]:
    """Run the settler at every moment that is due until then. Returns when there was an alarm."""
    alarms = []
    while since := desk.run(cases_due, now, 9).since:
        due = since[0]
        for case_id in desk.run(cases_due, due, 9).found:
            desk.run(settle_case, case_id, due)
            alarms += [due] * ("alarm:hold_ends" in desk.wakes)
    return alarms


@pytest.mark.parametrize("tier", Tier)
def test_staff_are_told_once_well_before_a_hold_ends(desk: Desk, tier: Tier) -> None:
    case_id = desk.flag(1, tier=tier, hold_max=END).case_id
    assert works_until(desk, ALARM - MINUTE) == []
    assert works_until(desk, ALARM) == [ALARM]
    assert works_until(desk, END - MINUTE) == [], "once"
    assert desk.transfer(T1).state is TransferState.HELD
    assert works_until(desk, END) == []
    assert desk.transfer(T1).state is TransferState.REFUSED
    [told] = [row for row in desk.timeline(case_id) if row["kind"] == "hold_ends"]
    assert (told["transfer"], told["hold_max"], told["alarm"]) == (T1, END.isoformat(), True)


def test_staff_are_told_of_the_end_of_a_short_hold_after_half_of_it(desk: Desk) -> None:
    end = T0 + 50 * MINUTE
    desk.flag(1, minutes=30, hold_max=end)
    held_at = desk.transfer(T1).settle_at
    assert works_until(desk, end) == [held_at + (end - held_at) / 2]


def test_a_hold_that_is_over_already_is_not_announced(desk: Desk) -> None:
    desk.flag(1, minutes=-20, hold_max=T0 - 10 * MINUTE)
    assert works_until(desk, T0) == []
    assert desk.transfer(T1).state is TransferState.REFUSED


def test_a_hold_told_of_again_is_no_second_alarm(desk: Desk) -> None:
    case_id = desk.flag(1, hold_max=END).case_id
    assert works_until(desk, ALARM) == [ALARM]
    desk.teach(case_id, said(Outcome.COACHED, T1, ALARM + MINUTE, 1), ALARM + MINUTE)
    assert len(desk.decisions(T1)) == 3
    assert works_until(desk, END) == []


@pytest.mark.parametrize("kind", [TransferNews.CANCELLED_IN_APP, TransferNews.RELEASED])
def test_a_payment_that_is_over_raises_no_alarm_about_its_hold(desk: Desk, kind: TransferNews) -> None:
    desk.flag(1, hold_max=END)
    works_until(desk, T0 + HOUR)
    news = TransferEventIn(event_id="news", content_hash="h", transfer_id=T1, kind=kind, occurred_at=T0 + HOUR)
    desk.run(apply_transfer_event, news, T0 + HOUR)
    assert works_until(desk, END) == []


def test_a_payment_that_the_machine_allows_raises_no_alarm_about_its_hold(desk: Desk) -> None:
    case_id = desk.flag(1, hold_max=END).case_id
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + 25 * MINUTE, 1), T0 + 25 * MINUTE)
    assert works_until(desk, END) == []
    assert desk.transfer(T1).state is TransferState.ALLOWED


@pytest.mark.parametrize(("before", "ending"), [(timedelta(hours=3), 0), (timedelta(hours=2), 1), (MINUTE, 1)])
def test_the_board_counts_holds_that_end_soon(desk: Desk, before: Any, ending: int) -> None:
    desk.flag(1, hold_max=END)
    desk.flag(2, now=END - 4 * HOUR, minutes=600, hold_max=END + HOUR * 6)
    works_until(desk, END - before)
    assert desk.run(read_board, Wanted(), END - before).totals.ending == ending
