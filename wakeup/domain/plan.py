"""Whom to ring when more is due than the lines can carry: the most value that can still be rung in time.

Go through what waits by falling value and give each the latest free line-slot before its latest start; what finds none
is left out. What was left out of a class of worth are always its earliest deadlines, so the whole plan is one moment a
class: the cut-off. Of what the cut-off lets in, the one whose time runs out first is rung.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from wakeup.domain.call_value import A_DOUBLING, CLASSES

BUCKET = timedelta(seconds=10)
"""Deadlines this close to each other are planned as one."""
HORIZON = 2_000
"""Buckets looked ahead, more than five hours: whoever has longer can wait for another plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """So many attempts of one class of worth that may start at this moment and no later."""

    worth: int
    latest_start: datetime
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many calls can start by when."""

    free: int
    """Lines nobody uses now."""
    lines: int
    call_length: timedelta
    """How long a call holds its line, on average."""
    per_second: float
    """The account's rate."""
    share: float = 0.0
    """Of the starts, this share is not the plan's."""

    def starts_within(self, seconds: float) -> int:
        """Call starts the plan may count on within this time."""
        by_line = self.free + self.lines * seconds / max(self.call_length.total_seconds(), 1.0)
        by_rate = max(1.0, self.per_second) + self.per_second * seconds
        return int(min(by_line, by_rate) * (1.0 - self.share))


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """By class of worth, the earliest latest-start that is let in; None leaves the class out."""

    opens: tuple[datetime | None, ...]


def guard(best: int, phi: float, now: datetime) -> CutOff:
    """The rule without a plan: deadlines in order, but nothing worth less than 1/phi of the best that waits."""
    lowest = best - round(A_DOUBLING * math.log2(phi))
    return CutOff(opens=tuple(now if worth >= lowest else None for worth in range(CLASSES)))


def plan(waiting: Iterable[Waiting], capacity: Capacity, now: datetime) -> CutOff:
    """The cut-off that lets in what fits. Work: one step a group of `waiting`, and a few a bucket."""
    counts: list[dict[int, int]] = [{} for _ in range(CLASSES)]
    for group in waiting:
        bucket = min(HORIZON - 1, (group.latest_start - now) // BUCKET)
        if bucket >= 0:
            counts[group.worth][bucket] = counts[group.worth].get(bucket, 0) + group.count
    slots = _Slots(capacity, 1 + max((bucket for one in counts for bucket in one), default=0))
    opens: list[datetime | None] = [now] * CLASSES
    first = 0
    for worth in reversed(range(CLASSES)):
        # Where a higher class found no room there is none for a lower one.
        first = max(first, _first_let_in(counts[worth], slots))
        opens[worth] = now + first * BUCKET if first < HORIZON else None
    return CutOff(opens=tuple(opens))


def _first_let_in(counts: dict[int, int], slots: _Slots) -> int:
    """The earliest bucket of one class that got all it wanted, later ones first; 0 if nobody was left out."""
    for bucket in sorted(counts, reverse=True):
        if not slots.take(bucket, counts[bucket]):
            return bucket + 1
    return 0


class _Slots:
    """Free line-slots by bucket of time. A full bucket points to the one before it, so that finding is quick."""

    def __init__(self, capacity: Capacity, size: int) -> None:
        seconds = BUCKET.total_seconds()
        by: Sequence[int] = [capacity.starts_within(bucket * seconds) for bucket in range(size)]
        self._left = [by[0], *(later - earlier for earlier, later in pairwise(by))]
        self._before = list(range(size + 1))
        for bucket, left in enumerate(self._left):
            if left <= 0:
                self._before[bucket + 1] = bucket

    def take(self, bucket: int, count: int) -> bool:
        """Take so many slots, the latest up to this bucket. False if there were too few; then all of them are gone."""
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
