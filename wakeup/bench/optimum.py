"""Compute the most that could have been saved with full knowledge of the future, as a bound for benches. Pure."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A person who may be called from `arrives` until `latest`, in seconds."""

    arrives: float
    latest: float
    value: int


def starts(lengths: Sequence[float], lines: int, until: float) -> list[float]:
    """Return when calls can start on lines that are never idle; the n-th call lasts `lengths[n]`, whoever is called."""
    free, found = [0.0] * lines, []
    for length in lengths:
        at = heapq.heappop(free)
        if at > until:
            break
        found.append(at)
        heapq.heappush(free, at + length)
    return found


def clairvoyant(chances: Sequence[Chance], slots: Sequence[float]) -> int:
    """Return the highest total value of an assignment of chances to slots.

    Greedy by value with augmenting paths: the sets that can be assigned together form a matroid, so no exchange
    improves the result.
    """
    ordered = sorted(chances, key=lambda chance: -chance.value)
    reach = [(bisect_left(slots, one.arrives), bisect_right(slots, one.latest)) for one in ordered]
    holder: dict[int, int] = {}
    held: dict[int, int] = {}
    saved = 0
    for number, chance in enumerate(ordered):
        path = _augment(number, reach, holder, len(slots))
        if path is None:
            continue
        saved += chance.value
        slot, by = path
        while True:
            who = by[slot]
            before = held.get(who)
            holder[slot], held[who] = who, slot
            if before is None:
                break
            slot = before
    return saved


def _augment(
    number: int, reach: Sequence[tuple[int, int]], holder: dict[int, int], size: int
) -> tuple[int, dict[int, int]] | None:
    """Return a free slot that `number` can have if others move, and through whom each slot on the path was reached.

    None if there is no such slot.
    """
    unseen = list(range(size + 1))
    by: dict[int, int] = {}
    looking = [number]
    while looking:
        who = looking.pop()
        slot = _next(unseen, reach[who][0])
        while slot < reach[who][1]:
            unseen[slot] = slot + 1
            by[slot] = who
            if slot not in holder:
                return slot, by
            looking.append(holder[slot])
            slot = _next(unseen, slot)
    return None


def _next(unseen: list[int], slot: int) -> int:
    while unseen[slot] != slot:
        unseen[slot] = unseen[unseen[slot]]
        slot = unseen[slot]
    return slot
