"""The account's rate and lines: never more calls than agreed, and no waiting while a line is free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.builders import T0
from wakeup.domain.pacing import LEAD, SECOND, Lines, grant, pace_at, spacing
from wakeup.domain.policy import Policy
from wakeup.usecases.ringing.pacing import (
    REST_OF_ONE,
    SLOWEST,
    TURN_OF_OTHERS,
    AccountLimits,
    give_back,
    gone_through,
    resume_dialling,
    slow_down,
    stop_dialling,
    take_lines,
)


@dataclass
class Row:
    """The single row that pacing stores."""

    lines: Lines = field(default_factory=lambda: Lines(account="AC"))

    def lock(self, account: str) -> Lines:
        assert account == "AC"
        return self.lines

    def save(self, lines: Lines) -> None:
        self.lines = lines

    def stopped_until(self, account: str) -> datetime | None:
        return self.lock(account).stopped_until


@dataclass
class Repository:
    """A repository in which no call is alive, unless the story says so."""

    live: int

    def lines_in_use(self) -> int:
        return self.live


def a_unit(live: int = 0) -> SimpleNamespace:
    return SimpleNamespace(lines=Row(), attempts=Repository(live), wakes=set(), policy=Policy())


rates = st.one_of(st.sampled_from([0.2, 0.5, 1.0, 1.5, 2.5, 3.0, 30.0, 100.0]), st.floats(0.1, 120.0))
wishes = st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 40)), max_size=25)


def most_in_a_second(starts: Sequence[datetime]) -> int:
    """The most starts that any second has. The fullest one begins with a start."""
    return max((sum(at <= other < at + SECOND for other in starts) for at in starts), default=0)


@given(rate=rates, wishes=wishes, lead_ms=st.sampled_from([0, 20, 500]))
@example(rate=3.0, wishes=[(0, 40)] * 5, lead_ms=500)
@example(rate=0.2, wishes=[(0, 1), (1100, 1)], lead_ms=0)
def test_no_second_has_more_starts_than_the_rate(rate: float, wishes: list[tuple[int, int]], lead_ms: int) -> None:
    lines, now, lead = Lines(account="AC"), T0, timedelta(milliseconds=lead_ms)
    started: list[datetime] = []
    for wait_ms, want in wishes:
        now += timedelta(milliseconds=wait_ms)
        granted = grant(lines, rate, want, now, lead)
        lines = granted.lines
        assert len(granted.starts) <= want
        assert all(now <= at <= now + lead for at in granted.starts)
        started += granted.starts
        if want and not granted.starts:
            assert granted.again_at is not None, "the dispatcher must know when to come again"
            assert granted.again_at > now
            now = granted.again_at
            following = grant(lines, rate, 1, now, lead)
            lines, started = following.lines, [*started, *following.starts]
            assert len(following.starts) == 1, "and then one may start"
    assert most_in_a_second(started) <= math.ceil(rate)
    assert lines.granted == len(started)
    apart = [later - earlier for earlier, later in pairwise(started)]
    assert all(gap >= spacing(rate) for gap in apart), "rates below one, too"


@given(rate=rates)
def test_who_always_asks_in_time_gets_every_start_that_the_rate_allows(rate: float) -> None:
    lines, now, started = Lines(account="AC"), T0, list[datetime]()
    for _ in range(50):
        granted = grant(lines, rate, 40, now, LEAD)
        lines, started = granted.lines, [*started, *granted.starts]
        assert granted.again_at is not None
        now = granted.again_at
    assert started == [T0 + n * spacing(rate) for n in range(len(started))]
    assert len(started) >= 50


@given(
    rate=st.sampled_from([1.0, 2.5, 5.0, 30.0]),
    turns=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2), st.integers(1, 5)), max_size=60),
)
def test_no_second_has_more_starts_than_the_rate_on_all_nodes_together(
    rate: float, turns: list[tuple[int, int, int]]
) -> None:
    """Three nodes ask whenever they like, and each gives a start back now and then."""
    unit, now, started = a_unit(), T0, list[datetime]()
    account = AccountLimits(name="AC", calls_per_second=rate, max_concurrent=10_000)
    for wait_ms, node, want in turns:
        now += timedelta(milliseconds=wait_ms)
        granted = take_lines(unit, account, want, now)
        unused = granted.starts[-1:] if node == 0 else ()
        give_back(unit, account, unused)
        started += [at for at in granted.starts if at not in unused]
    assert most_in_a_second(started) <= math.ceil(rate)


@given(live=st.integers(0, 12), want=st.integers(0, 20))
def test_no_more_calls_at_once_than_lines(live: int, want: int) -> None:
    account = AccountLimits(name="AC", calls_per_second=10_000, max_concurrent=8)
    assert take_lines(a_unit(live), account, want, T0).count == max(0, min(want, 8 - live))


def test_a_fault_of_the_account_stops_all_dialling_until_it_is_tried_again() -> None:
    unit, until = a_unit(), T0 + timedelta(seconds=60)
    account = AccountLimits(name="AC", calls_per_second=2, max_concurrent=10)
    stop_dialling(unit, "AC", "account:20003", until, T0)
    assert "alarm:dialling_stopped" in unit.wakes
    refused = take_lines(unit, account, 5, until - timedelta(microseconds=1))
    assert (refused.count, refused.again_at, refused.stopped_because) == (0, until, "account:20003")
    assert take_lines(unit, account, 0, until).count == 0, "nobody is due: the probe is still to come"
    assert take_lines(unit, account, 5, until).count == 1, "one probes"
    soon = take_lines(unit, account, 5, until + timedelta(milliseconds=700))
    assert (soon.count, soon.again_at) == (0, until + SECOND - LEAD / 2), "and is waited for"
    gone_through(unit, "AC", until)
    assert take_lines(unit, account, 5, until + timedelta(milliseconds=700)).count == 1, "the full rate holds again"
    assert take_lines(unit, account, 5, until + SECOND).count == 1
    assert unit.lines.lines.granted == 3


def test_until_a_call_has_gone_through_the_next_one_probes() -> None:
    """The last checks may put off what probes, or it may be lost. Then nothing is known of the account."""
    unit, until = a_unit(), T0 + timedelta(seconds=60)
    account = AccountLimits(name="AC", calls_per_second=2, max_concurrent=10)
    stop_dialling(unit, "AC", "account:20003", until, T0)
    gone_through(unit, "AC", T0)
    assert take_lines(unit, account, 5, until).count == 1
    give_back(unit, account, (until,))
    assert take_lines(unit, account, 5, until).count == 1, "it was not posted: another may be"
    for second in range(1, 4):
        assert take_lines(unit, account, 5, until + timedelta(seconds=second)).count == 1
    gone_through(unit, "AC", until + timedelta(seconds=3))
    assert take_lines(unit, account, 5, until + timedelta(seconds=3, milliseconds=400)).count == 1
    assert unit.lines.lines.stopped_until is None


def test_the_node_that_was_refused_leaves_the_probe_to_the_others_and_follows_them() -> None:
    unit, until = a_unit(), T0 + timedelta(seconds=60)
    account = AccountLimits(name="AC", calls_per_second=10, max_concurrent=10)
    stop_dialling(unit, "AC", "account:20003 on node-1", until, T0)
    waits = take_lines(unit, account, 5, until, refused_at=T0)
    assert (waits.count, waits.again_at) == (0, until + TURN_OF_OTHERS)
    assert take_lines(unit, account, 5, until).count == 1, "another node probes"
    alone = until + TURN_OF_OTHERS
    assert take_lines(unit, account, 5, alone, refused_at=T0).count == 1, "no other node took the turn"


def test_once_another_node_got_through_the_refused_one_calls_nobody_for_a_while() -> None:
    unit, until = a_unit(), T0 + timedelta(seconds=60)
    account = AccountLimits(name="AC", calls_per_second=2, max_concurrent=10)
    stop_dialling(unit, "AC", "account:20003 on node-1", until, T0)
    gone_through(unit, "AC", until)
    later = until + timedelta(seconds=30)
    assert take_lines(unit, account, 5, later).count == 1
    rests = take_lines(unit, account, 5, later, refused_at=T0)
    assert (rests.count, rests.again_at) == (0, T0 + REST_OF_ONE)
    assert take_lines(unit, account, 5, T0 + REST_OF_ONE, refused_at=T0).count == 1
    set_back = T0 - timedelta(hours=1)
    assert take_lines(unit, account, 5, set_back, refused_at=T0).count == 1, "its clock was set back"


def test_a_stop_that_a_supervisor_ended_is_over_for_the_refused_node_too() -> None:
    unit, account = a_unit(), AccountLimits(name="AC", calls_per_second=2, max_concurrent=10)
    stop_dialling(unit, "AC", "account:20003 on node-1", T0 + timedelta(seconds=60), T0)
    resume_dialling(unit, "AC")
    assert take_lines(unit, account, 5, T0 + SECOND, refused_at=T0).count == 1


acts = st.lists(
    st.tuples(st.integers(0, 1500), st.integers(0, 40), st.sampled_from(["take", "take", "back", "429"])), max_size=40
)


@given(
    rate=st.sampled_from([1.0, 2.5, 5.0, 30.0]), skews=st.tuples(st.integers(0, 400), st.integers(0, 400)), acts=acts
)
def test_no_second_has_more_however_often_starts_are_given_back_or_slowed_down(
    rate: float, skews: tuple[int, int], acts: list[tuple[int, int, str]]
) -> None:
    """Two nodes whose clocks differ take turns. By each clock no second exceeds the rate."""
    unit, true = a_unit(), T0
    account = AccountLimits(name="AC", calls_per_second=rate, max_concurrent=10_000)
    for n, (wait_ms, want, act) in enumerate(acts):
        true += timedelta(milliseconds=wait_ms)
        now = true + timedelta(milliseconds=skews[n % 2])
        if act == "429":
            slow_down(unit, "AC", now, now)
        granted = take_lines(unit, account, want, now)
        if act == "back":
            give_back(unit, account, granted.starts)
        assert most_in_a_second(unit.lines.lines.recent) <= math.ceil(rate)
        assert unit.lines.lines.granted >= 0


def test_a_clock_that_was_set_back_keeps_no_phone_silent_until_it_has_caught_up() -> None:
    unit, account = a_unit(), AccountLimits(name="AC", calls_per_second=1, max_concurrent=10)
    assert take_lines(unit, account, 1, T0).count == 1
    slightly_behind, set_back = T0 - timedelta(milliseconds=500), T0 - timedelta(hours=1)
    assert take_lines(unit, account, 1, slightly_behind).count == 0, "it may be another node's clock"
    assert take_lines(unit, account, 1, set_back).count == 1
    assert take_lines(unit, account, 1, set_back).count == 0


def test_a_slow_down_from_before_the_clock_was_set_back_is_over() -> None:
    unit, recovery = a_unit(), a_unit().policy.tempo.pace_recovery
    slightly_behind, set_back = T0 - timedelta(milliseconds=500), T0 - timedelta(hours=1)
    assert slow_down(unit, "AC", T0, T0)
    assert pace_at(unit.lines.lines, recovery, slightly_behind) == 0.5, "it may be another node's clock"
    assert not slow_down(unit, "AC", slightly_behind, slightly_behind)
    assert pace_at(unit.lines.lines, recovery, set_back) == 1.0
    assert slow_down(unit, "AC", set_back, set_back)
    assert pace_at(unit.lines.lines, recovery, set_back) == 0.5


def test_a_start_from_before_the_clock_was_set_back_hides_no_slow_down() -> None:
    unit, account = a_unit(), AccountLimits(name="AC", calls_per_second=1, max_concurrent=10)
    assert take_lines(unit, account, 1, T0).count == 1
    set_back = T0 - timedelta(hours=1)
    assert slow_down(unit, "AC", set_back, set_back)
    assert pace_at(unit.lines.lines, unit.policy.tempo.pace_recovery, set_back) == 0.5
    assert slow_down(unit, "AC", set_back + SECOND, set_back + SECOND)


def test_a_start_that_is_given_back_late_frees_no_start_of_another_moment() -> None:
    unit, account = a_unit(), AccountLimits(name="AC", calls_per_second=2, max_concurrent=10)
    later = T0 + timedelta(milliseconds=900)
    assert [take_lines(unit, account, 1, at).count for at in (T0, later)] == [1, 1]
    give_back(unit, account, (T0,))
    assert (unit.lines.lines.recent, unit.lines.lines.granted) == ((later,), 1)
    give_back(unit, account, (T0 - timedelta(seconds=5),))
    assert unit.lines.lines.recent == (later,), "that one was forgotten already"


def test_too_fast_halves_the_pace_and_it_creeps_back() -> None:
    unit, account = a_unit(), AccountLimits(name="AC", calls_per_second=4, max_concurrent=100)
    recovery = unit.policy.tempo.pace_recovery
    assert slow_down(unit, "AC", T0, T0)

    def apart(now: datetime) -> timedelta:
        """The time from a start to the next."""
        again = take_lines(unit, account, 50, now).again_at
        assert again is not None
        return again + LEAD / 2 - now

    assert apart(T0) == spacing(2)
    assert apart(T0 + recovery / 4) == spacing(3), "a quarter of the way"
    assert apart(T0 + recovery) == spacing(4)
    for n in range(20):
        now = T0 + recovery + timedelta(milliseconds=n)
        slow_down(unit, "AC", now, now)
    last = T0 + recovery + timedelta(milliseconds=19)
    assert SLOWEST <= pace_at(unit.lines.lines, recovery, last) < SLOWEST + 0.001
    assert apart(T0 + recovery + timedelta(seconds=9)) < timedelta(seconds=2.5), "never quite silent"


def test_a_burst_that_was_too_fast_halves_the_pace_once() -> None:
    unit, recovery = a_unit(), a_unit().policy.tempo.pace_recovery
    answers = [T0 + timedelta(milliseconds=300 + n) for n in range(5)]
    assert [slow_down(unit, "AC", T0, at) for at in answers] == [True, False, False, False, False]
    assert pace_at(unit.lines.lines, recovery, answers[0]) == 0.5
    assert slow_down(unit, "AC", answers[-1], answers[-1] + timedelta(milliseconds=300)), "half was still too fast"


@given(wants=st.lists(st.integers(1, 9), min_size=1, max_size=60))
def test_the_agreed_share_of_any_number_of_starts_goes_by_turn(wants: list[int]) -> None:
    unit, account = a_unit(), AccountLimits(name="AC", calls_per_second=1000, max_concurrent=10_000)
    share, fair, granted = unit.policy.overload.share, 0, 0
    for n, want in enumerate(wants):
        taken = take_lines(unit, account, want, T0 + timedelta(seconds=2 * n))
        fair, granted = fair + taken.fair, granted + taken.count
        assert abs(fair - granted * share) < 1
