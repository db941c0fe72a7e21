"""After an older copy of the database was put back, nothing in it is released by itself: what may have been learned
since the copy is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said, wait
from tests.unit.test_one_bad_row import loses_the_key
from tests.unit.test_recall import COOLED as LET_GO_AT
from tests.unit.test_recall import it_died, it_was_never_tried, let_go, messages, nobody_answers, rulings
from tests.unit.test_stays_held import COOLED, HELD_AT, T1, T2, WHY, late_yes, taps
from wakeup.domain.case import CaseState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.deciding.deliver import take_messages
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.restored import hold_restored
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.records import MessageState

BACK = HELD_AT + MINUTE
"""When the older copy is put back."""


def put_back(desk: Desk, at: datetime = BACK) -> list[CaseId]:
    """What the runbook does with a copy before a node starts. Returns the cases that were held."""
    desk.run(lambda unit: unit.decisions.go_far_ahead(at))
    cases = desk.run(lambda unit: unit.cases.undecided())
    return [case_id for case_id in cases if desk.run(hold_restored, case_id, at)]


def wanted(desk: Desk, case_id: CaseId) -> bool:
    review = desk.run(lambda unit: unit.reviews.get(case_id))
    return review is not None and review.person_wanted_at is not None


def test_a_transfer_that_cooled_in_the_copy_is_not_released(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    assert put_back(desk) == [case_id]
    held = desk.transfer(T1)
    assert (held.state, held.allow_at, held.guarded) == (TransferState.HELD, None, True)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is TransferState.HELD
    assert wanted(desk, case_id), "a person looks at it"


def test_a_tap_in_the_app_after_the_restore_releases_nothing_of_the_copy(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.HIGH)
    put_back(desk)
    taps(desk)
    desk.run(settle_case, case_id, COOLED)
    assert desk.transfer(T1).state is TransferState.HELD


def test_a_transfer_pending_in_the_copy_stays_pending_and_ends_as_a_hold(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(T1).allow_at is not None
    assert put_back(desk) == [case_id]
    assert desk.transfer(T1).state is TransferState.PENDING, "the calls go on"
    desk.run(settle_case, case_id, COOLED)
    assert rulings(desk) == [("hold", "restored"), ("hold", "release_guarded")]


@pytest.mark.parametrize("then", [it_was_never_tried, nobody_answers, it_died])
def test_an_allow_of_the_copy_that_was_not_acknowledged_is_recalled(desk: Desk, then: Callable[[Desk], None]) -> None:
    case_id = let_go(desk)
    then(desk)
    assert put_back(desk) == [case_id]
    assert [state for _, state in messages(desk)] == [MessageState.SUPERSEDED, MessageState.DUE]
    assert rulings(desk)[-1] == ("hold", "called_back")
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.IN_REVIEW
    [sent] = desk.run(take_messages, BACK, 9).messages
    assert b'"decision":"hold"' in sent.envelope.body


def test_a_decision_acknowledged_in_the_copy_stays_as_it_was(desk: Desk) -> None:
    let_go(desk)
    desk.deliver(LET_GO_AT)
    assert put_back(desk) == []
    assert rulings(desk) == [("allow", "consistent")]


def test_the_core_hears_a_hold_that_is_newer_than_any_decision_of_the_lost_time(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    before = desk.transfer(T1).sequence
    put_back(desk)
    assert rulings(desk)[-1] == ("hold", "restored")
    first = desk.transfer(T1).sequence
    assert first > before + 900
    assert desk.told(T1)[-1] == first
    assert put_back(desk) == [case_id], "each node begins anew"
    assert desk.transfer(T1).sequence > first


def releases(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id, BACK)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, order(desk, "ann", case_id, *WHY), aim, BACK) is Released.RELEASED


def far_in_the_feed(desk: Desk, after: int) -> list[int]:
    desk.run(lambda unit: unit.decisions.number_new(9))
    return [position for position, _ in desk.run(lambda unit: unit.decisions.after(after, 9))]


def test_the_same_copy_put_back_once_more_is_newer_than_all_that_followed_the_first_time(desk: Desk) -> None:
    case_id = desk.flag(1).case_id
    desk.run(settle_case, case_id, HELD_AT)
    far_in_the_feed(desk, 0)
    copy = desk.copy()
    put_back(desk)
    releases(desk, case_id)
    lost, cursor = desk.transfer(T1).sequence, far_in_the_feed(desk, 0)[-1]
    desk.restore(copy)
    assert put_back(desk, BACK + MINUTE) == [case_id]
    assert desk.transfer(T1).sequence > lost, "the core acts on this hold, not on the allow of the lost time"
    assert len(far_in_the_feed(desk, cursor)) == 1, "who reads the feed sees the hold"


def test_the_numbers_of_a_late_restore_fit_the_database_and_the_cursor(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    assert put_back(desk, datetime(2094, 1, 1, tzinfo=UTC)) == [case_id]
    assert desk.transfer(T1).sequence < 2**31
    assert far_in_the_feed(desk, 10)[-1] < 10**18, "a cursor has 18 digits at most"


def test_a_transfer_that_was_lost_with_the_copy_is_decided_above_what_the_core_may_have(desk: Desk) -> None:
    desk.run(lambda unit: unit.decisions.go_far_ahead(T0))
    case_id = CaseId(desk.run(open_case, wait(1), T0).case_id)
    assert desk.transfer(T1).sequence == 1, "the answer to the event carries the standing hold, as ever"
    desk.run(settle_case, case_id, HELD_AT)
    _, decided = desk.decisions(T1)
    assert decided.sequence > 1000


def test_the_customers_next_transfer_is_not_released_by_itself_either(desk: Desk) -> None:
    late_yes(desk, Tier.MEDIUM)
    put_back(desk)
    beside = CaseId(desk.flag(2, BACK, customer_id="u_1").case_id)
    at = BACK + MINUTE
    desk.teach(beside, said(Outcome.CONSISTENT, T2, at, 2), at)
    desk.run(settle_case, beside, COOLED)
    assert desk.transfer(T2).state is TransferState.HELD


def test_staff_can_release_what_a_restore_holds(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    put_back(desk)
    take(desk, "ann", case_id, BACK)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    answer = desk.run(release, order(desk, "ann", case_id, *WHY), aim, BACK)
    assert answer in {Released.RELEASED, Released.SECOND_NEEDED}


def test_a_case_whose_customers_key_is_lost_is_held_like_any_other(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    loses_the_key(desk, "u_1")
    assert put_back(desk) == [case_id]
    held = desk.transfer(T1)
    assert (held.state, held.allow_at, held.guarded) == (TransferState.HELD, None, True)
    assert wanted(desk, case_id), "a person looks at it"
    assert rulings(desk)[-1] == ("hold", "restored")


def test_a_case_without_anything_open_is_left_alone(desk: Desk) -> None:
    case_id = late_yes(desk, Tier.MEDIUM)
    desk.run(settle_case, case_id, T0 + 7 * HOUR)
    assert desk.transfer(T1).state is TransferState.REFUSED
    desk.deliver(T0 + 7 * HOUR)
    assert put_back(desk) == []
