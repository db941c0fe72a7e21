"""Caches the board's queries: browsers with the same filters share one query for a moment, and never see a state
from before the newest commit."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from wakeup.usecases.console.board import Board
from wakeup.usecases.repositories.views import Wanted

FRESH_S = 0.25
MAX_FILTERS = 50


@dataclass(slots=True)
class Boards:
    """The cached boards, by filter. `read_new` queries the database; `clock` is real seconds."""

    read_new: Callable[[Wanted], Awaitable[Board]]
    clock: Callable[[], float]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by every commit that changes what a board shows."""
    _newest: OrderedDict[Wanted, tuple[float, asyncio.Future[Board]]] = field(default_factory=OrderedDict)

    async def read(self, wanted: Wanted) -> Board:
        if self.woken.is_set():
            self.woken.clear()
            self._newest.clear()
        found = self._newest.get(wanted)
        if found is None or (found[1].done() and self.clock() - found[0] > FRESH_S):
            found = (self.clock(), asyncio.ensure_future(self.read_new(wanted)))
            self._newest[wanted] = found
            self._newest.move_to_end(wanted)
            while len(self._newest) > MAX_FILTERS:
                self._newest.popitem(last=False)
        # Shielded, so that a browser that disconnects does not cancel the query for the others.
        return await asyncio.shield(found[1])
