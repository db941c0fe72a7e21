"""Every call that ends is counted once, by its disposition, whichever way we learn of its end. A call that was
cancelled before it began is not counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, take_claims
from tests.unit.test_calls_merge import current, dialled
from wakeup.domain.attempt import Attempt, AttemptEvent, AttemptState
from wakeup.domain.outcome import Disposition
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.dispatch.reconcile import record_fetch, record_search
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.inputs import CallReport
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.wakes import OVER

P = ParamSpec("P")
T = TypeVar("T")
SID = "CA" + "1" * 32


class CountingDesk(Desk):
    """A desk that counts the ends of calls from the wake-ups of each commit, as a node does."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: Counter[str] = Counter()

    def run(self, use_case: Callable[Concatenate[SqlUnit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        answer = super().run(use_case, *args, **kwargs)
        self.ends.update(name.split(":")[1] for name in self.wakes if name.startswith(OVER))
        return answer


@pytest.fixture
def desk() -> CountingDesk:
    return CountingDesk()


@pytest.fixture
def attempt(desk: CountingDesk) -> Attempt:
    """An attempt whose POST has not been answered."""
    return dialled(desk)[1]


def answers(desk: Desk, attempt: Attempt, proof: PostResult, fault: RefusalCause | None = None) -> None:
    """The phone company answers the POST."""
    sid = SID if proof is PostResult.ACCEPTED else None
    desk.run(record_placement, "AC", attempt.id, Placement(proof=proof, call_sid=sid, fault=fault), T0)


def reports(desk: Desk, attempt: Attempt, disposition: Disposition) -> None:
    """A status callback tells how the call ended."""
    report = CallReport(
        call_sid=SID, event=AttemptEvent.END, disposition=disposition, source="status", to="+6590000001",
        from_="+6531580001",
    )  # fmt: skip
    desk.run(record_progress, attempt.id, report, T0 + 10 * MINUTE)


def is_not_found(desk: Desk, attempt: Attempt) -> None:
    """The phone company does not answer the POST, and does not know the call when it is searched for."""
    answers(desk, attempt, PostResult.UNKNOWN)
    for seconds in (5, 30, 120):
        desk.run(record_search, attempt.id, [], T0 + timedelta(seconds=seconds))
    assert current(desk, attempt.id).state is AttemptState.NOT_PLACED


@pytest.mark.parametrize("how", [Disposition.BUSY, Disposition.NO_ANSWER, Disposition.ANSWERED])
def test_a_call_whose_end_is_reported_twice_is_counted_once(
    desk: CountingDesk, attempt: Attempt, how: Disposition
) -> None:
    answers(desk, attempt, PostResult.ACCEPTED)
    reports(desk, attempt, how)
    reports(desk, attempt, Disposition.FAILED)
    assert desk.ends == {how: 1}


def test_a_call_that_is_refused_counts_as_failed(desk: CountingDesk, attempt: Attempt) -> None:
    answers(desk, attempt, PostResult.REFUSED, RefusalCause.NUMBER)
    assert desk.ends == {"failed": 1}


def test_a_call_that_is_lost_and_not_found_counts_as_unknown(desk: CountingDesk, attempt: Attempt) -> None:
    is_not_found(desk, attempt)
    assert desk.ends == {"unknown": 1}


def test_a_call_that_surfaces_after_it_was_not_found_is_counted_once(desk: CountingDesk, attempt: Attempt) -> None:
    is_not_found(desk, attempt)
    reports(desk, attempt, Disposition.BUSY)
    assert current(desk, attempt.id).state is AttemptState.SURFACED
    assert desk.ends == {"unknown": 1}


def test_a_call_that_the_phone_company_forgot_counts_as_unknown(desk: CountingDesk, attempt: Attempt) -> None:
    answers(desk, attempt, PostResult.ACCEPTED)
    for minutes in (1, 2, 3):
        desk.run(record_fetch, attempt.id, None, T0 + minutes * MINUTE)
    assert current(desk, attempt.id).state is AttemptState.ENDED
    reports(desk, attempt, Disposition.BUSY)
    assert desk.ends == {"unknown": 1}


def test_a_call_whose_time_is_over_before_it_starts_counts_as_suppressed(desk: CountingDesk) -> None:
    desk.flag()
    late = T0 + 31 * MINUTE
    assert desk.run(take_claims, late) == []
    assert desk.ends == {"suppressed": 1}


def test_a_call_that_is_cancelled_is_not_counted(desk: CountingDesk) -> None:
    case_id = desk.flag().case_id
    desk.on(case_id, T0, lambda file: stop_calls(file, "settled"))
    [cancelled] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert cancelled.state is AttemptState.CANCELED
    assert desk.ends == {}
