"""What the bank reports about a transfer after flagging it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import Desk, wait
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseState
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.label import Truth
from wakeup.domain.transfer import TransferState
from wakeup.usecases.inputs import LabelIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event, record_bank_label
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.queries import decision_in_force
from wakeup.usecases.intake.settle_case import settle_case

T1, LEGAL_LIMIT = TransferId("t_1"), T0 + 40 * MINUTE


def extends(desk: Desk, decide_by: datetime, now: datetime = T0 + MINUTE, **changes: Any) -> None:
    news = TransferEventIn(
        event_id=f"news_{decide_by}", content_hash="h", transfer_id=T1, occurred_at=now,
        kind=TransferNews.WINDOW_EXTENDED, decide_by=decide_by, **changes,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, now)


def test_the_bank_extends_a_window_up_to_the_legal_limit_of_the_hold(desk: Desk) -> None:
    desk.flag(1, minutes=20, hold_max=LEGAL_LIMIT)
    before = desk.transfer(T1)
    with pytest.raises(ConflictError) as refused:
        extends(desk, LEGAL_LIMIT + MINUTE)
    assert refused.value.field == "decide_by"
    assert desk.transfer(T1) == before, "it is decided when it was to be decided"
    extends(desk, LEGAL_LIMIT)
    assert (desk.transfer(T1).decide_by, desk.transfer(T1).hold_max) == (LEGAL_LIMIT, LEGAL_LIMIT)


def test_the_legal_limit_may_move_with_the_window(desk: Desk) -> None:
    case_id = desk.flag(1, minutes=20, hold_max=LEGAL_LIMIT).case_id
    extends(desk, T0 + 2 * HOUR, hold_max=T0 + 3 * HOUR)
    desk.run(settle_case, case_id, T0 + 2 * HOUR)
    held, newest = desk.transfer(T1), desk.decisions(T1)[-1]
    assert (held.state, newest.decide_by, newest.hold_until) == (TransferState.HELD, T0 + 2 * HOUR, T0 + 3 * HOUR)


@pytest.mark.parametrize("joins", [False, True])
def test_an_extension_that_overtook_an_event_which_comes_late_keeps_the_window_open(desk: Desk, joins: bool) -> None:
    if joins:
        desk.flag(2, customer_id="u_1", minutes=60)
    extends(desk, T0 + 3 * HOUR, T0)
    late = T0 + 11 * MINUTE
    opened = desk.run(open_case, wait(1, T0, customer_id="u_1", minutes=10), late)
    kept = desk.transfer(T1)
    assert (kept.state, kept.decide_by) == (TransferState.PENDING, T0 + 3 * HOUR)
    attempts = desk.run(lambda unit: unit.attempts.of_case(opened.case_id))
    assert [a.state for a in attempts] == [AttemptState.PLANNED]
    assert attempts[0].latest_start > T0 + 2 * HOUR
    assert desk.run(lambda unit: unit.cases.lock(opened.case_id)).rung_at is not None


def test_an_extension_that_is_over_itself_opens_no_window(desk: Desk) -> None:
    extends(desk, T0 + 12 * MINUTE, T0)
    desk.run(open_case, wait(1, T0, minutes=10), T0 + 13 * MINUTE)
    assert desk.transfer(T1).state is TransferState.HELD
    assert [d.reason for d in desk.decisions(T1)][-1] == "window_closed"


def test_a_transfer_cancelled_before_its_event_came_causes_no_call(desk: Desk) -> None:
    news = TransferEventIn(
        event_id="gone", content_hash="h", transfer_id=T1, occurred_at=T0,
        kind=TransferNews.CANCELLED_IN_APP,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, T0)
    case_id = desk.flag(1, T0 + MINUTE).case_id
    assert desk.transfer(T1).state is TransferState.CANCELLED
    assert desk.run(lambda unit: unit.attempts.of_case(case_id)) == []
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.SETTLED


@pytest.mark.parametrize(
    ("kind", "closed"),
    [(TransferNews.CANCELLED_IN_APP, TransferState.CANCELLED), (TransferNews.RELEASED, TransferState.RELEASED)],
)
def test_the_decision_in_force_says_that_the_bank_has_closed_its_transfer(
    desk: Desk, kind: TransferNews, closed: TransferState
) -> None:
    assert desk.run(decision_in_force, T1) is None
    desk.flag(1)
    assert (held := desk.run(decision_in_force, T1)) and held.closed is None
    news = TransferEventIn(event_id="over", content_hash="h", transfer_id=T1, occurred_at=T0, kind=kind)
    desk.run(apply_transfer_event, news, T0)
    assert (over := desk.run(decision_in_force, T1)) and over.closed is closed


def test_an_extension_that_overtook_its_event_gives_no_more_than_the_law(desk: Desk) -> None:
    extends(desk, LEGAL_LIMIT + MINUTE, T0 - MINUTE)
    case_id = desk.flag(1, minutes=20, hold_max=LEGAL_LIMIT).case_id
    assert desk.transfer(T1).decide_by == T0 + 20 * MINUTE
    assert [row["field"] for row in desk.timeline(case_id) if "field" in row] == ["decide_by"], "and says why"


def test_a_new_event_with_another_window_changes_none(desk: Desk) -> None:
    first = wait(1, T0, minutes=20, hold_max=LEGAL_LIMIT)
    desk.run(open_case, first, T0)
    again = replace(first, event_id="again", content_hash="other", decide_by=T0 + 30 * MINUTE, hold_max=T0 + HOUR)
    desk.run(open_case, again, T0 + MINUTE)
    assert (desk.transfer(T1).decide_by, desk.transfer(T1).hold_max) == (T0 + 20 * MINUTE, LEGAL_LIMIT)


def test_labels_that_come_in_one_microsecond_are_all_kept_and_the_last_one_counts(desk: Desk) -> None:
    """Sent one by one they would all be kept, too: a label is new if its event id is."""
    desk.flag(1)
    words = ("genuine", "scam", "genuine", "scam")
    for n, word in enumerate(words):
        told = LabelIn(
            event_id=f"l_{n}", content_hash=word, transfer_id=T1, label=Truth(word), recovered=Decimal(0), occurred_at=T0,
        )  # fmt: skip
        assert desk.run(record_bank_label, told, T0 + MINUTE)
        assert not desk.run(record_bank_label, told, T0 + MINUTE), "a repeat is kept once"
    kept = desk.run(lambda unit: unit.views.labels(T1))
    assert [one.label for one in kept] == list(words)
    assert {one.occurred_at for one in kept} == {T0}
    assert kept[-1].received_at - (T0 + MINUTE) == timedelta(microseconds=3)
