"""Run due items, each in a transaction of its own: one that fails is left out for a while, longer each time, and
delays no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from wakeup.domain.errors import LockedError, StoreDownError
from wakeup.domain.rest import NO_REST, Rest
from wakeup.runtime.loops.loop import AFTER_TROUBLE, FAILED_TOO_OFTEN, LoopParts
from wakeup.usecases.due import Due, soonest
from wakeup.usecases.unit import Unit

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

WHILE_LOCKED = timedelta(milliseconds=50)
"""How long a locked item is left out. Another transaction holds it, mostly for milliseconds, and the item's own
deadline must be met once it is unlocked."""
LONGEST_REST = timedelta(minutes=5)
"""An item that fails rests for a second, then twice as long each time, up to this: a row that can never be read must
not fill the log."""


@dataclass(slots=True)
class _Trouble:
    """What went wrong with one item in a row."""

    rest: Rest = NO_REST
    """Until it is tried again."""
    silence: Rest = NO_REST
    failures: int = 0
    lines: int = 0
    """How many of the failures were logged."""

    def is_news(self, now: datetime) -> bool:
        """Count one more failure. Return True if it should be logged."""
        self.failures += 1
        if self.silence.holds(now):
            return False
        self.silence = Rest(now, now + min(AFTER_TROUBLE * 2 ** min(self.lines, 16), LONGEST_REST))
        self.lines += 1
        return True


class PerItem(Generic[K]):
    """Items of one kind. `event` is the log event of one that failed, and `key_name` the name of its key in the
    log.

    No item rests longer than `longest_rest`. Its log lines become rare all the same.
    """

    def __init__(self, engine: LoopParts, event: str, key_name: str, longest_rest: timedelta = LONGEST_REST) -> None:
        self._engine, self._event, self._key_name = engine, event, key_name
        self._longest_rest = longest_rest
        self._troubles: dict[K, _Trouble] = {}
        """Items that failed, or were locked, at their last try."""

    def __len__(self) -> int:
        """Return how many are left out: a query must ask for that many more to find any others."""
        return len(self._troubles)

    def __contains__(self, key: K) -> bool:
        return key in self._troubles

    def awake(self, keys: Iterable[K], now: datetime) -> list[K]:
        """Return those of the keys that are not left out."""
        return [key for key in keys if key not in self._troubles or not self._troubles[key].rest.holds(now)]

    def resting(self, now: datetime) -> frozenset[K]:
        """Return the keys left out now, for a query that chooses by itself and must exclude them.

        An item that was not tried again long after its rest is no longer due, and is forgotten.
        """
        long_ago = now - LONGEST_REST
        self._troubles = {key: trouble for key, trouble in self._troubles.items() if trouble.rest.until > long_ago}
        return frozenset(key for key, trouble in self._troubles.items() if trouble.rest.holds(now))

    async def one(self, key: K, work: Awaitable[T], now: datetime) -> T | None:
        """Await the work of one item and return its result; None if it failed, and then it is left out for a while.

        Raises StoreDownError when the database is away: then nothing can be done for any item.
        """
        try:
            answer = await work
        except LockedError:
            self._trouble(key).rest = Rest(now, now + WHILE_LOCKED)
        except StoreDownError:
            raise
        except Exception:
            trouble = self._trouble(key)
            if trouble.is_news(now):
                self._engine.log.exception(self._event, **{self._key_name: key}, failures=trouble.failures)
            self._rest(trouble, now)
        else:
            self._troubles.pop(key, None)
            return answer
        return None

    def _trouble(self, key: K) -> _Trouble:
        return self._troubles.setdefault(key, _Trouble())

    def _rest(self, trouble: _Trouble, now: datetime) -> None:
        """Leave the item out for a while. Count its failure, and alert the operator if it does not recover."""
        trouble.rest = Rest(now, min(trouble.silence.until, now + self._longest_rest))
        self._engine.item_failed(self._event)
        if trouble.failures == FAILED_TOO_OFTEN:
            self._engine.alarm("item_failed")

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

    def again(self, now: datetime, next_due: datetime | None, untried: Collection[K] = ()) -> datetime | None:
        """Return when to look again, after all that was due at `now` was done or failed, or had to wait (`untried`)."""
        # An item that had to be tried again by now and was not found is no longer due.
        self._troubles = {
            key: trouble for key, trouble in self._troubles.items() if trouble.rest.holds(now) or key in untried
        }
        if self._troubles and next_due is not None and next_due <= now:
            # That is one of those left out.
            next_due = None
        resting = (trouble.rest for trouble in self._troubles.values() if trouble.rest.holds(now))
        return soonest(*(rest.until for rest in resting), next_due)
