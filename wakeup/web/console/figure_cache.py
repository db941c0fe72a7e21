"""Keeps figures that take long to count: each is counted at most once a minute, and one at a time.

Counting holds the interpreter while events and callers wait for it, and a thread of the store's readers while other
pages wait for those. So two countings never run beside each other, however many people look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
FRESH_S = 60.0
MOST_KEPT = 12
"""Of one kind, for example the pictures of scripts."""


@dataclass(slots=True)
class FigureCache(Generic[K, V]):
    """The figures by key, for example by the length of a span. `clock` is real seconds; `one_at_a_time` is shared by
    all caches of a process."""

    count: Callable[[K], Awaitable[V]]
    clock: Callable[[], float]
    one_at_a_time: asyncio.Lock
    _kept: dict[K, tuple[float, V]] = field(default_factory=dict)
    _counting: dict[K, asyncio.Task[V]] = field(default_factory=dict)

    async def read(self, key: K) -> V:
        """Return figures that are at most a minute old."""
        kept = self._kept.get(key)
        if kept is not None and self.clock() - kept[0] <= FRESH_S:
            return kept[1]
        # Shielded, so that a browser that disconnects does not cancel the counting for the others.
        return await asyncio.shield(self._begun(key))

    async def read_within(self, key: K, patience_s: float) -> V | None:
        """Do the same, unless that takes too long: then return what was counted before, or None. The counting goes
        on."""
        try:
            async with asyncio.timeout(patience_s):
                return await self.read(key)
        except TimeoutError:
            return self._kept[key][1] if key in self._kept else None

    def _begun(self, key: K) -> asyncio.Task[V]:
        task = self._counting.get(key)
        if task is None:
            task = self._counting[key] = asyncio.create_task(self._count(key), name="figures")
            task.add_done_callback(partial(self._ended, key))
        return task

    def _ended(self, key: K, task: asyncio.Task[V]) -> None:
        del self._counting[key]
        # If all who waited have left, nobody else hears of its error.
        if not task.cancelled():
            task.exception()

    async def _count(self, key: K) -> V:
        async with self.one_at_a_time:
            found = await self.count(key)
        self._kept.pop(key, None)
        self._kept[key] = (self.clock(), found)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found
