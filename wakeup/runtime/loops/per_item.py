"""Things that fall due, each in a transaction of its own: one that fails rests a while, and keeps nobody waiting."""

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
"""Somebody else's transaction holds it, mostly for milliseconds, and its own deadline is to be met when they let go."""


class PerItem(Generic[K]):
    """Of one kind. `complaint` is what the log says of one that failed, and `named` what its key is called there."""

    def __init__(self, engine: Engine, complaint: str, named: str) -> None:
        self._engine, self._complaint, self._named = engine, complaint, named
        self._until: dict[K, datetime] = {}
        """Those that failed at their last try, and when they are tried again."""

    def __len__(self) -> int:
        """How many rest: so many more must be looked up to find anybody else."""
        return len(self._until)

    def __contains__(self, key: K) -> bool:
        return key in self._until

    def awake(self, keys: Iterable[K], now: datetime) -> list[K]:
        """Those of them that do not rest."""
        return [key for key in keys if key not in self._until or self._until[key] <= now]

    def resting(self, now: datetime) -> frozenset[K]:
        """For a look that chooses by itself: it leaves these out."""
        return frozenset(key for key, at in self._until.items() if at > now)

    async def one(self, key: K, work: Awaitable[T], now: datetime) -> T | None:
        """Await it. What fails rests, unless the database is away: then nothing can be done for anybody."""
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
        """Chunk by chunk, until nothing is due that does not rest. Answers when to look again."""
        while True:
            now = self._engine.clock.now()
            due = await self._engine.store.look(look, now, a_chunk + len(self))
            if not await self.some(due, act, now):
                return self.again(now, due.next_due)

    async def some(self, due: Due[K], act: Callable[[K, datetime], Awaitable[object]], now: datetime) -> bool:
        """Act on all that were found and do not rest, together: they share commits. Whether there were any."""
        keys = self.awake(due.found, now)
        await asyncio.gather(*(self.one(key, act(key, now), now) for key in keys))
        return bool(keys)

    def again(self, now: datetime, next_due: datetime | None) -> datetime | None:
        """When to look again, after all that was due at `now` was done, or failed."""
        # Who had to be tried again by now and was not found is not due any more.
        self._until = {key: at for key, at in self._until.items() if at > now}
        if self._until and next_due is not None and next_due <= now:
            # That is one of those that rest.
            next_due = None
        return soonest(*self._until.values(), next_due)
