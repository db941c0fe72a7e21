"""Deadlines, the last useful call, and decent hours in every time zone, also when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import T0
from wakeup.domain.policy import Calling, Tempo
from wakeup.domain.window import latest_start, may_ring, next_ringing_hour, settle_at

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
NIGHT = Calling(opens=time(22), closes=time(6))
ZONES = sorted(available_timezones())
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)

spans = st.timedeltas(min_value=timedelta(), max_value=3 * DAY)


@given(window=st.timedeltas(min_value=-DAY, max_value=3 * DAY), margin=spans)
def test_the_margin_is_a_tenth_of_the_window_at_most_and_never_after_the_deadline(
    window: timedelta, margin: timedelta
) -> None:
    decide_by = T0 + window
    taken = decide_by - settle_at(T0, decide_by, Tempo(settle_margin=margin))
    assert timedelta() <= taken <= margin
    assert taken * 10 <= max(window, timedelta())


def test_half_an_hour_is_settled_two_seconds_early_and_ten_seconds_one() -> None:
    assert settle_at(T0, T0 + 30 * MINUTE, Tempo()) == T0 + 30 * MINUTE - timedelta(seconds=2)
    assert settle_at(T0, T0 + timedelta(seconds=10), Tempo()) == T0 + timedelta(seconds=9)
    assert settle_at(T0, T0 - MINUTE, Tempo()) == T0 - MINUTE, "already closed: at once"


@given(window=spans, ring=spans, talk=spans)
def test_no_ringing_starts_after_the_decision(window: timedelta, ring: timedelta, talk: timedelta) -> None:
    settles, calling = T0 + window, Calling(ring_timeout=ring, useful_talk=talk)
    start = latest_start(T0, settles, calling)
    assert start <= settles
    useful = settles - ring - talk
    assert start == useful or (useful < start <= T0 + timedelta(seconds=10)), "or within the first seconds"


@cache
def _changes() -> tuple[tuple[str, datetime], ...]:
    """(zone, a time close to a clock change), of every zone, for two years."""
    found = []
    for zone in ZONES:
        tz, before = ZoneInfo(zone), None
        for day in range(730):
            at = BEGIN + day * DAY
            offset = at.astimezone(tz).utcoffset()
            if before is not None and offset != before:
                found.append((zone, at))
            before = offset
    return tuple(found)


near_a_change = st.deferred(
    lambda: st.tuples(st.sampled_from(_changes()), st.integers(-48 * 60, 48 * 60)).map(
        lambda drawn: (drawn[0][0], drawn[0][1] + drawn[1] * MINUTE)
    )
)
anywhere = st.tuples(st.sampled_from(ZONES), st.integers(0, 730 * 24 * 60).map(lambda n: BEGIN + n * MINUTE))
decent = st.builds(
    Calling,
    opens=st.builds(time, st.integers(5, 12), st.sampled_from([0, 15, 30])),
    closes=st.builds(time, st.integers(17, 23), st.sampled_from([0, 30])),
)
hours = st.builds(time, st.integers(0, 23), st.sampled_from([0, 20, 30]))
odd = st.builds(Calling, opens=hours, closes=hours).filter(lambda calling: calling.opens != calling.closes)


@given(where=near_a_change | anywhere, calling=decent | st.just(Calling()) | st.just(NIGHT))
def test_the_next_ringing_hour_is_one_and_is_the_earliest(where: tuple[str, datetime], calling: Calling) -> None:
    zone, now = where
    found = next_ringing_hour(now, zone, calling)
    assert found >= now
    assert found.utcoffset() == timedelta()
    assert may_ring(found, zone, calling)
    waits = int((found - now) / MINUTE)
    assert not any(may_ring(now + n * MINUTE, zone, calling) for n in range(0, waits, 5)), "it could have rung before"
    assert found == now or not may_ring(found - MINUTE, zone, calling)
    assert found - now <= timedelta(hours=25)


@given(where=near_a_change | anywhere, calling=odd)
def test_even_silly_hours_have_a_next_one_and_it_never_lies_in_the_past(
    where: tuple[str, datetime], calling: Calling
) -> None:
    zone, now = where
    found = next_ringing_hour(now, zone, calling)
    assert found >= now
    assert may_ring(found, zone, calling)


def test_two_years_hold_many_clock_changes_to_try() -> None:
    assert len({zone for zone, _ in _changes()}) > 100


@pytest.mark.parametrize(
    ("zone", "local", "rings"),
    [
        ("Asia/Singapore", "2026-11-22T07:59:59", False),
        ("Asia/Singapore", "2026-11-22T08:00:00", True),
        ("Asia/Singapore", "2026-11-22T20:59:59", True),
        ("Asia/Singapore", "2026-11-22T21:00:00", False),
        ("America/New_York", "2026-03-08T08:00:00", True),
        ("America/New_York", "2026-11-01T07:59:00", False),
    ],
)
def test_decent_hours_are_the_callees_own(zone: str, local: str, rings: bool) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert may_ring(at, zone, Calling()) is rings


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-07T22:00:00", "2026-03-08T12:00:00"),  # the night is an hour shorter
        ("2026-03-06T22:00:00", "2026-03-07T13:00:00"),
        ("2026-10-31T22:00:00", "2026-11-01T13:00:00"),  # the night is an hour longer
        ("2026-07-04T03:00:00", "2026-07-04T12:00:00"),
    ],
)
def test_the_morning_after_the_clocks_change_begins_at_eight(local: str, expected: str) -> None:
    zone = "America/New_York"
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert next_ringing_hour(now, zone, Calling()) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_hours_across_midnight_ring_on_both_sides_of_it() -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 11, 22, hour, tzinfo=ZoneInfo("Asia/Singapore")).astimezone(UTC)

    assert may_ring(at(23), "Asia/Singapore", NIGHT)
    assert may_ring(at(5), "Asia/Singapore", NIGHT)
    assert not may_ring(at(6), "Asia/Singapore", NIGHT)
    assert next_ringing_hour(at(12), "Asia/Singapore", NIGHT) == at(22)


def test_an_opening_hour_that_comes_twice_is_not_sought_in_the_past() -> None:
    # When New York's clocks go back to one, 01:30 has come already: the hour after that is not decent again.
    calling, now = Calling(opens=time(1, 30), closes=time(21)), datetime(2026, 11, 1, 6, 5, tzinfo=UTC)
    assert next_ringing_hour(now, "America/New_York", calling) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_day_that_a_calendar_left_out_is_passed_over() -> None:
    # Samoa had no 30 December 2011.
    now = datetime(2011, 12, 30, 8, tzinfo=UTC)
    found = next_ringing_hour(now, "Pacific/Apia", Calling())
    assert found.astimezone(ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 31, 8, tzinfo=ZoneInfo("Pacific/Apia"))
