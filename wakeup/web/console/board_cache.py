"""Shares the queries of live pages: browsers with the same filters share one query for a moment. The board never shows
a state from before the newest commit."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
FRESH_S = 0.25
QUEUE_FRESH_S = 1.5
"""Longer than that of the board, because the queue reads up to two thousand rows."""
MAX_FILTERS = 50


@dataclass(slots=True)
class Boards(Generic[K, V]):
    """What was read, by filter. `read_new` queries the database; `clock` is real seconds."""

    read_new: Callable[[K], Awaitable[V]]
    clock: Callable[[], float]
    fresh_s: float = FRESH_S
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by every commit that changes what a board shows."""
    _newest: OrderedDict[K, tuple[float, asyncio.Future[V]]] = field(default_factory=OrderedDict)

    async def read(self, wanted: K) -> V:
        if self.woken.is_set():
            self.woken.clear()
            self._newest.clear()
        found = self._newest.get(wanted)
        if found is None or (found[1].done() and self.clock() - found[0] > self.fresh_s):
            found = (self.clock(), asyncio.ensure_future(self.read_new(wanted)))
            self._newest[wanted] = found
            self._newest.move_to_end(wanted)
            while len(self._newest) > MAX_FILTERS:
                self._newest.popitem(last=False)
        # Shielded, so that a browser that disconnects does not cancel the query for the others.
        return await asyncio.shield(found[1])
