"""Calls whose state is overdue: a call still queued at the phone company is cancelled when it is no longer needed;
one that rings or is in progress goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from tests.unit.test_calls_merge import current, dialled
from wakeup.domain.attempt import Attempt, AttemptEvent
from wakeup.domain.ids import TransferId
from wakeup.usecases.case.calls import bind
from wakeup.usecases.dispatch.reconcile import record_fetch, record_search
from wakeup.usecases.dispatch.record_placement import lose_track
from wakeup.usecases.inputs import CallReport, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.ports import RemoteCall

SID = "CA1"
IN_TIME, TOO_LATE = T0 + MINUTE, T0 + 29 * MINUTE
known_or_lost = pytest.mark.parametrize("lost", [False, True], ids=["known", "lost"])
under_way = pytest.mark.parametrize("event", [AttemptEvent.RING, AttemptEvent.ANSWER])


def on_its_way(desk: Desk, *, lost: bool) -> Attempt:
    """A call whose SID is known, or whose create response was lost."""
    case_id, attempt = dialled(desk)
    desk.on(case_id, T0, lambda file: lose_track(file, attempt) if lost else bind(file, attempt, SID))
    return current(desk, attempt.id)


def cut(desk: Desk, attempt: Attempt, event: AttemptEvent, now: datetime, *, queued: bool = False) -> list[str]:
    """The SIDs to cancel, after the phone company has reported the state of the call."""
    report = CallReport(call_sid=SID, event=event, source="fetch", to="+6590000001", from_="+6531580001")
    call = RemoteCall(report=report, created_at=T0 + timedelta(seconds=1), outbound=True, queued=queued)
    if attempt.call_sid is None:
        return desk.run(record_search, attempt.id, [call], now)
    sid = desk.run(record_fetch, attempt.id, call, now)
    return [] if sid is None else [sid]


def is_cancelled(desk: Desk) -> None:
    news = TransferEventIn(
        event_id="news", content_hash="h", transfer_id=TransferId("t_1"),
        kind=TransferNews.CANCELLED_IN_APP, occurred_at=T0,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, T0)


@known_or_lost
def test_a_queued_call_is_cut_when_its_evidence_would_come_too_late(desk: Desk, lost: bool) -> None:
    attempt = on_its_way(desk, lost=lost)
    assert attempt.latest_start <= TOO_LATE
    assert cut(desk, attempt, AttemptEvent.ACCEPT, TOO_LATE, queued=True) == [SID]


@known_or_lost
def test_a_queued_call_that_comes_in_time_may_wait(desk: Desk, lost: bool) -> None:
    assert cut(desk, on_its_way(desk, lost=lost), AttemptEvent.ACCEPT, IN_TIME, queued=True) == []


@under_way
@known_or_lost
def test_a_call_that_rings_or_is_spoken_in_goes_on_however_late_it_is(
    desk: Desk, lost: bool, event: AttemptEvent
) -> None:
    assert cut(desk, on_its_way(desk, lost=lost), event, TOO_LATE) == []


@under_way
@known_or_lost
def test_no_customer_is_hung_up_on_because_the_payment_is_no_more(desk: Desk, lost: bool, event: AttemptEvent) -> None:
    """They hear that the matter is settled."""
    attempt = on_its_way(desk, lost=lost)
    is_cancelled(desk)
    assert cut(desk, attempt, event, IN_TIME) == []
