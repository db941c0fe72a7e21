"""The account's rate and lines: never more than agreed, never asleep with a free line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import T0
from wakeup.usecases.claim_attempts import Account, stop_dialling, take_lines
from wakeup.usecases.records import Lines


@dataclass
class Row:
    """The one row that pacing remembers."""

    lines: Lines = field(default_factory=lambda: Lines(account="AC"))

    def lock(self, account: str) -> Lines:
        assert account == "AC"
        return self.lines

    def save(self, lines: Lines) -> None:
        self.lines = lines


class Shelf:
    """No call is alive unless the story says so; `live`, or whatever the count of used lines is called."""

    def __init__(self, live: int) -> None:
        self._live = live

    def __getattr__(self, _name: str) -> object:
        return lambda *_args: self._live


def a_unit(live: int = 0) -> SimpleNamespace:
    return SimpleNamespace(lines=Row(), attempts=Shelf(live), wakes=set())


rates = st.sampled_from([0.2, 0.5, 1.0, 2.0, 5.0, 30.0])
wishes = st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 40)), max_size=25)


@given(rate=rates, wishes=wishes)
def test_no_second_has_more_starts_than_the_rate(rate: float, wishes: list[tuple[int, int]]) -> None:
    unit, now = a_unit(), T0
    account = Account(name="AC", calls_per_second=rate, max_concurrent=10_000)
    span, most = timedelta(seconds=1 if rate >= 1 else 1 / rate), max(1, int(rate))
    started: list[datetime] = []
    for wait_ms, want in wishes:
        now += timedelta(milliseconds=wait_ms)
        granted = take_lines(unit, account, want, now)
        assert 0 <= granted.count <= want
        started += [now] * granted.count
        assert sum(now - span < at <= now for at in started) <= most
        if want and granted.count == 0:
            assert granted.again_at is not None, "the dispatcher must know when to come again"
            assert granted.again_at > now
            assert take_lines(unit, account, 1, granted.again_at).count == 1, "and then a line is free"
            started.append(granted.again_at)
            now = granted.again_at


@given(live=st.integers(0, 12), want=st.integers(0, 20))
def test_no_more_calls_at_once_than_lines(live: int, want: int) -> None:
    account = Account(name="AC", calls_per_second=100, max_concurrent=8)
    assert take_lines(a_unit(live), account, want, T0).count == max(0, min(want, 8 - live))


def test_a_fault_of_the_account_stops_all_dialling_until_it_is_tried_again() -> None:
    unit, until = a_unit(), T0 + timedelta(seconds=60)
    account = Account(name="AC", calls_per_second=10, max_concurrent=10)
    stop_dialling(unit, "AC", "account:20003", until)
    assert "alarm:dialling_stopped" in unit.wakes
    refused = take_lines(unit, account, 5, until - timedelta(microseconds=1))
    assert (refused.count, refused.again_at, refused.stopped_because) == (0, until, "account:20003")
    assert take_lines(unit, account, 5, until).count == 5
