"""Shares what pages read from the database: all who look at the same thing share one reading, and keep it for a moment.

A reading goes on when the browser that began it leaves. Readings that take long get a lock: counting figures holds the
interpreter while events and callers wait for it, and a thread of the store's readers while other pages wait for those.
So two countings never run beside each other, however many people look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class SharedReads(Generic[K, V]):
    """What was read, by key. `read_new` queries the database; `clock` is real seconds."""

    read_new: Callable[[K], Awaitable[V]]
    clock: Callable[[], float]
    fresh_s: float
    """Seconds from the end of a reading for which it is shown."""
    most: int
    """Readings that are kept."""
    lock: AbstractAsyncContextManager[Any] = field(default_factory=nullcontext)
    """Shared by all readings that must not run beside each other."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by every commit after which nothing that was read before may be shown."""
    _kept: dict[K, tuple[float, V]] = field(default_factory=dict)
    _running: dict[K, asyncio.Task[V]] = field(default_factory=dict)

    async def read(self, key: K) -> V:
        """Return what was read at most `fresh_s` ago, and not before the newest commit that `woken` tells of."""
        if self.woken.is_set():
            self.woken.clear()
            self._kept.clear()
            # They go on for those who wait for them, but `_is_current` lets them keep nothing.
            self._running.clear()
        kept = self._kept.get(key)
        if kept is not None and self.clock() - kept[0] <= self.fresh_s:
            return kept[1]
        # Shielded, so that a browser that disconnects does not cancel the reading for the others.
        return await asyncio.shield(self._running.get(key) or self._begun(key))

    async def read_within(self, key: K, patience_s: float) -> V | None:
        """Do the same, unless that takes too long: then return what was read before, or None. The reading goes on."""
        try:
            async with asyncio.timeout(patience_s):
                return await self.read(key)
        except TimeoutError:
            return self._kept[key][1] if key in self._kept else None

    def _begun(self, key: K) -> asyncio.Task[V]:
        task = self._running[key] = asyncio.create_task(self._read(key), name="shared read")
        task.add_done_callback(partial(self._ended, key))
        return task

    async def _read(self, key: K) -> V:
        async with self.lock:
            found = await self.read_new(key)
        if self._is_current(key, asyncio.current_task()):
            self._kept.pop(key, None)
            self._kept[key] = (self.clock(), found)
            while len(self._kept) > self.most:
                del self._kept[next(iter(self._kept))]
        return found

    def _ended(self, key: K, task: asyncio.Task[V]) -> None:
        if self._is_current(key, task):
            del self._running[key]
        # If all who waited have left, nobody else hears of its error.
        if not task.cancelled():
            task.exception()

    def _is_current(self, key: K, task: asyncio.Task[Any] | None) -> bool:
        """Whether no commit came after the reading began."""
        return self._running.get(key) is task
