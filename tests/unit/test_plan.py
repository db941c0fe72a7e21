"""The plan saves as much as can be saved, and expresses that as one cut-off time for each class."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import T0, an_attempt
from wakeup.domain.call_value import CLASSES, CLASSES_PER_DOUBLING, class_of, value_of
from wakeup.domain.outcome import Disposition
from wakeup.domain.overload import Overload
from wakeup.domain.plan import BUCKET, HORIZON, Capacity, CutOff, Waiting, guard_rule_cut_off, plan_cut_off

ONE_LINE = Capacity(free=1, lines=1, call_length=BUCKET, per_second=100)
"""One slot now, and one in every bucket."""


def waits(value_class: int, bucket: int, count: int = 1) -> Waiting:
    return Waiting(value_class=value_class, latest_start=T0 + bucket * BUCKET, count=count)


def lets_in(cut_off: CutOff, value_class: int, latest_start: datetime) -> bool:
    """What a claim does with a cut-off. The store asks its tables the same (`test_overload` compares the two)."""
    opens = cut_off.opens[value_class]
    return opens is not None and latest_start >= opens


def fits(chosen: tuple[Waiting, ...]) -> bool:
    """True if one line can ring them all in time."""
    ordered = sorted(chosen, key=lambda one: one.latest_start)
    return all(n <= (one.latest_start - T0) // BUCKET for n, one in enumerate(ordered))


groups = st.builds(waits, st.integers(0, 5), st.integers(0, 5))


@given(waiting=st.lists(groups, max_size=8))
def test_a_plan_lets_in_calls_that_fit_and_no_better_ones_would(waiting: list[Waiting]) -> None:
    cut_off = plan_cut_off(waiting, ONE_LINE, T0)
    let_in = tuple(one for one in waiting if lets_in(cut_off, one.value_class, one.latest_start))
    # At the cut-off time of a class more or fewer equal calls than fit may start, but only in one class.
    better = max(
        (
            sum(one.value_class + 1 for one in some)
            for size in range(len(waiting) + 1)
            for some in combinations(waiting, size)
            if fits(some)
        ),
        default=0,
    )
    torn = {one.value_class for one in waiting if not lets_in(cut_off, one.value_class, one.latest_start)}
    whole = tuple(one for one in let_in if one.value_class not in torn)
    assert fits(whole)
    if not torn:
        assert sum(one.value_class + 1 for one in let_in) == better
    highest = max(torn, default=-1)
    above = tuple(one for one in waiting if one.value_class > highest)
    assert fits(above), "nobody is left out while a more valuable one would have fitted"


@given(waiting=st.lists(groups, max_size=12))
def test_a_lower_class_is_never_let_in_where_a_higher_one_is_not(waiting: list[Waiting]) -> None:
    opens = plan_cut_off(waiting, ONE_LINE, T0).opens
    for lower, higher in pairwise(opens):
        assert lower is None or (higher is not None and higher <= lower)


def test_while_there_is_room_no_attempt_is_left_out() -> None:
    waiting = [waits(value_class, bucket) for bucket, value_class in enumerate([3, 40, 1, 0, 47])]
    assert plan_cut_off(waiting, ONE_LINE, T0) == CutOff(opens=(T0,) * CLASSES)


def test_the_less_valuable_stands_back_and_only_where_time_is_short() -> None:
    cut_off = plan_cut_off([waits(20, 0), waits(10, 0), waits(10, 3)], ONE_LINE, T0)
    assert lets_in(cut_off, 20, T0)
    assert not lets_in(cut_off, 10, T0)
    assert lets_in(cut_off, 10, T0 + 3 * BUCKET)


def test_a_newcomer_of_an_empty_class_is_judged_by_its_neighbours() -> None:
    cut_off = plan_cut_off([waits(20, 0, 5), waits(20, 9, 20)], ONE_LINE, T0)
    assert not lets_in(cut_off, 19, T0 + 9 * BUCKET)
    assert lets_in(cut_off, 21, T0)


def test_lines_rate_and_share_bound_what_is_planned() -> None:
    by_rate = Capacity(free=50, lines=50, call_length=timedelta(seconds=1), per_second=2)
    assert [by_rate.starts_within(s) for s in (0, 1, 10)] == [2, 4, 22]
    by_line = Capacity(free=3, lines=10, call_length=timedelta(seconds=100), per_second=1000)
    assert [by_line.starts_within(s) for s in (0, 10, 100)] == [3, 4, 13]
    assert (
        Capacity(free=0, lines=10, call_length=timedelta(seconds=10), per_second=99, share=0.2).starts_within(100) == 80
    )


def test_a_hundred_thousand_that_wait_are_planned_in_few_steps() -> None:
    waiting = [waits(value_class, bucket, 20) for value_class in range(CLASSES) for bucket in range(0, 180, 2)]
    cut_off = plan_cut_off(waiting, Capacity(free=0, lines=300, call_length=timedelta(seconds=90), per_second=30), T0)
    let_in = sum(one.count for one in waiting if lets_in(cut_off, one.value_class, one.latest_start))
    assert 5_000 < let_in < 6_500, "half an hour of three hundred lines"
    far = plan_cut_off([waits(5, HORIZON * 3)], ONE_LINE, T0)
    assert lets_in(far, 5, T0 + HORIZON * 3 * BUCKET)


@pytest.mark.parametrize(("phi", "classes"), [(1.0, 0), (1.618, 1), (2.0, 2), (4.0, 4)])
def test_the_guard_rule_lets_in_what_is_near_the_best(phi: float, classes: int) -> None:
    cut_off = guard_rule_cut_off(30, phi, T0)
    assert [value_class for value_class in range(CLASSES) if lets_in(cut_off, value_class, T0)] == list(
        range(30 - classes, CLASSES)
    )
    assert not lets_in(cut_off, 30, T0 - BUCKET), "and nothing whose time is up"


@given(value=st.integers(0, 10**14), more=st.integers(0, 10**14))
def test_the_class_of_a_call_rises_with_its_value(value: int, more: int) -> None:
    assert 0 <= class_of(value) <= class_of(value + more) < CLASSES


def test_the_value_doubles_every_two_classes() -> None:
    assert class_of(800_000) - class_of(400_000) == CLASSES_PER_DOUBLING


def test_a_call_is_worth_what_it_may_save() -> None:
    overload = Overload(odds={"romance": 0.25})
    at_risk = [(Decimal(1000), "romance"), (Decimal("200.50"), "generic")]
    assert value_of(at_risk, [], overload) == 35_025
    earlier = [an_attempt(disposition=Disposition.NO_ANSWER), an_attempt(disposition=None)]
    assert value_of(at_risk, earlier, overload) == int(35_025 * 0.7), "who did not answer may not answer again"
