"""The roster: who works when, in local time of their zone, and the hours that no one covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REFERENCE_WEEKS = (date(2026, 1, 12), date(2026, 7, 13))
"""A Monday in winter and one in summer: where clocks change, shifts of two zones overlap differently."""
_DAY = timedelta(days=1)
Gap = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The same hours on some days of the week. A shift that ends before it begins goes on past midnight."""

    name: str
    zone: str
    days: frozenset[str]
    """Days of `DAYS` on which the shift begins."""
    begins: time
    ends: time
    agents: frozenset[str]
    """Account names."""
    skills: frozenset[str] = frozenset()
    """Skills that the agents of this shift always have among them."""


def on_duty(roster: Collection[Shift], name: str, now: datetime) -> bool:
    """True if this agent works now. With an empty roster every agent is on duty."""
    return not roster or any(name in shift.agents and _holds(shift, now) for shift in roster)


def uncovered(roster: Iterable[Shift], skill: str) -> list[Gap]:
    """Return when no one with this skill works, in one of the reference weeks; in UTC, in order."""
    shifts = [shift for shift in roster if skill in shift.skills and shift.agents]
    return next((gaps for gaps in (list(_gaps(shifts, monday)) for monday in REFERENCE_WEEKS) if gaps), [])


def _holds(shift: Shift, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(shift.zone)).date()
    return any(begins <= now < ends for day in (today - _DAY, today) for begins, ends in _on(shift, day))


def _on(shift: Shift, day: date) -> Iterator[Gap]:
    """The shift that begins on this day, in UTC, if there is one."""
    if DAYS[day.weekday()] in shift.days:
        zone = ZoneInfo(shift.zone)
        last = day if shift.begins < shift.ends else day + _DAY
        yield (
            datetime.combine(day, shift.begins, zone).astimezone(UTC),
            datetime.combine(last, shift.ends, zone).astimezone(UTC),
        )


def _gaps(shifts: Collection[Shift], monday: date) -> Iterator[Gap]:
    week_begins = datetime.combine(monday, time(), UTC)
    week_ends = week_begins + 7 * _DAY
    days = [monday + n * _DAY for n in range(-2, 9)]
    covered_until = week_begins
    for begins, ends in sorted(span for shift in shifts for day in days for span in _on(shift, day)):
        if begins > covered_until and covered_until < week_ends:
            yield covered_until, min(begins, week_ends)
        covered_until = max(covered_until, ends)
    if covered_until < week_ends:
        yield covered_until, week_ends
