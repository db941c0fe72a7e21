"""Run due items, each in a transaction of its own: one that fails is left out for a while, and delays no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from wakeup.domain.errors import LockedError, StoreDownError
from wakeup.runtime.loops.loop import AFTER_TROUBLE, Engine
from wakeup.usecases.due import Due, soonest
from wakeup.usecases.unit import Unit

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

WHILE_LOCKED = timedelta(milliseconds=50)
"""How long a locked item is left out. Another transaction holds it, mostly for milliseconds, and the item's own
deadline must be met once it is unlocked."""


class PerItem(Generic[K]):
    """Items of one kind. `complaint` is the log event of one that failed, and `named` the name of its key in the
    log."""

    def __init__(self, engine: Engine, complaint: str, named: str) -> None:
        self._engine, self._complaint, self._named = engine, complaint, named
        self._until: dict[K, datetime] = {}
        """Items that failed at their last try, and when each is tried again."""

    def __len__(self) -> int:
        """Return how many are left out: a query must ask for that many more to find any others."""
        return len(self._until)

    def __contains__(self, key: K) -> bool:
        return key in self._until

    def awake(self, keys: Iterable[K], now: datetime) -> list[K]:
        """Return those of the keys that are not left out."""
        return [key for key in keys if key not in self._until or self._until[key] <= now]

    def resting(self, now: datetime) -> frozenset[K]:
        """Return the keys left out now, for a query that chooses by itself and must exclude them."""
        return frozenset(key for key, at in self._until.items() if at > now)

    async def one(self, key: K, work: Awaitable[T], now: datetime) -> T | None:
        """Await the work of one item and return its result; None if it failed, and then it is left out for a while.

        Raises StoreDownError when the database is away: then nothing can be done for any item.
        """
        try:
            answer = await work
        except LockedError:
            self._until[key] = now + WHILE_LOCKED
        except StoreDownError:
            raise
        except Exception:
            self._engine.log.exception(self._complaint, **{self._named: key})
            self._until[key] = now + AFTER_TROUBLE
        else:
            self._until.pop(key, None)
            return answer
        return None

    async def all(
        self,
        look: Callable[[Unit, datetime, int], Due[K]],
        act: Callable[[K, datetime], Awaitable[object]],
        a_chunk: int,
    ) -> datetime | None:
        """Act chunk by chunk until nothing is due that is not left out. Return when to look again."""
        while True:
            now = self._engine.clock.now()
            due = await self._engine.store.look(look, now, a_chunk + len(self))
            if not await self.some(due, act, now):
                return self.again(now, due.next_due)

    async def some(self, due: Due[K], act: Callable[[K, datetime], Awaitable[object]], now: datetime) -> bool:
        """Act on all that were found and are not left out, concurrently, so that they share commits.

        Return True if there were any.
        """
        keys = self.awake(due.found, now)
        await asyncio.gather(*(self.one(key, act(key, now), now) for key in keys))
        return bool(keys)

    def again(self, now: datetime, next_due: datetime | None) -> datetime | None:
        """Return when to look again, after all that was due at `now` was done or failed."""
        # An item that had to be tried again by now and was not found is no longer due.
        self._until = {key: at for key, at in self._until.items() if at > now}
        if self._until and next_due is not None and next_due <= now:
            # That is one of those left out.
            next_due = None
        return soonest(*self._until.values(), next_due)
