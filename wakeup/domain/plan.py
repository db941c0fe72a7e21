"""The calling plan under overload: of the calls that can still be made in time, choose those with the most value.

Go through the waiting attempts by falling value and give each the latest free line-slot before its latest start; an
attempt that finds no slot is left out. Within a class of value the attempts left out always have the earliest
deadlines, so the whole plan is one moment per class: the cut-off. Of the attempts that the cut-off admits, the one
whose time runs out first is rung.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from wakeup.domain.call_value import CLASSES, CLASSES_PER_DOUBLING

BUCKET = timedelta(seconds=10)
"""Deadlines this close together are planned as one."""
HORIZON = 2_000
"""Buckets looked ahead, more than five hours: attempts with later deadlines can wait for another plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A number of attempts of one class of value that may start at `latest_start` at the latest."""

    value_class: int
    latest_start: datetime
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many calls can start within a given time."""

    free: int
    """Lines not in use now."""
    lines: int
    call_length: timedelta
    """Average time a call holds its line."""
    per_second: float
    """Calls per second the account may start."""
    share: float = 0.0
    """Share of the starts that is not given out by the plan."""

    def starts_within(self, seconds: float) -> int:
        """Return how many call starts the plan may count on within this time."""
        by_line = self.free + self.lines * seconds / max(self.call_length.total_seconds(), 1.0)
        by_rate = max(1.0, self.per_second) + self.per_second * seconds
        return int(min(by_line, by_rate) * (1.0 - self.share))


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """For each class of value, the earliest latest-start that is admitted; None excludes the class."""

    opens: tuple[datetime | None, ...]


def guard_rule_cut_off(best: int, phi: float, now: datetime) -> CutOff:
    """Return the cut-off without a plan: all deadlines, but nothing worth less than 1/phi of the best attempt."""
    lowest = best - round(CLASSES_PER_DOUBLING * math.log2(phi))
    return CutOff(opens=tuple(now if value_class >= lowest else None for value_class in range(CLASSES)))


def plan_cut_off(waiting: Iterable[Waiting], capacity: Capacity, now: datetime) -> CutOff:
    """Return the cut-off that admits what fits. Cost: one step per group of `waiting`, and a few per bucket."""
    counts: list[dict[int, int]] = [{} for _ in range(CLASSES)]
    for group in waiting:
        bucket = min(HORIZON - 1, (group.latest_start - now) // BUCKET)
        if bucket >= 0:
            counts[group.value_class][bucket] = counts[group.value_class].get(bucket, 0) + group.count
    slots = _Slots(capacity, 1 + max((bucket for one in counts for bucket in one), default=0))
    opens: list[datetime | None] = [now] * CLASSES
    first = 0
    for value_class in reversed(range(CLASSES)):
        # Where a higher class found no room, there is none for a lower one.
        first = max(first, _first_let_in(counts[value_class], slots))
        opens[value_class] = now + first * BUCKET if first < HORIZON else None
    return CutOff(opens=tuple(opens))


def _first_let_in(counts: dict[int, int], slots: _Slots) -> int:
    """Return the earliest bucket of a class that got all its slots, later ones first; 0 if none was left out."""
    for bucket in sorted(counts, reverse=True):
        if not slots.take(bucket, counts[bucket]):
            return bucket + 1
    return 0


class _Slots:
    """Free line-slots by time bucket. A full bucket points to the one before it, for a quick search (union-find)."""

    def __init__(self, capacity: Capacity, size: int) -> None:
        seconds = BUCKET.total_seconds()
        by: Sequence[int] = [capacity.starts_within(bucket * seconds) for bucket in range(size)]
        self._left = [by[0], *(later - earlier for earlier, later in pairwise(by))]
        self._before = list(range(size + 1))
        for bucket, left in enumerate(self._left):
            if left <= 0:
                self._before[bucket + 1] = bucket

    def take(self, bucket: int, count: int) -> bool:
        """Take `count` slots, the latest ones up to this bucket. False if there were too few; then all are used up."""
        while count > 0:
            found = self._find(bucket + 1)
            if found == 0:
                return False
            taken = min(count, self._left[found - 1])
            self._left[found - 1] -= taken
            count -= taken
            if self._left[found - 1] == 0:
                self._before[found] = found - 1
        return True

    def _find(self, place: int) -> int:
        while self._before[place] != place:
            self._before[place] = self._before[self._before[place]]
            place = self._before[place]
        return place
