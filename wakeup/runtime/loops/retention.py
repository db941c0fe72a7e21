"""Delete what has been retained long enough: recordings at Twilio, words of conversations, and whole customers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

from wakeup.domain.errors import DomainError, LockedError, RemoteError
from wakeup.domain.ids import CustomerId
from wakeup.domain.rest import NO_REST, Rest
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.storage.erasures import Erasure
from wakeup.usecases.conversation.recording_retention import begin_deletion, due_recordings, end_deletion
from wakeup.usecases.due import soonest
from wakeup.usecases.personal_data.forget import LOOK_AGAIN, erase_overdue, forget_words, overdue
from wakeup.usecases.personal_data.leftovers import empty_guardian, leftovers, prune
from wakeup.usecases.ports import Archive
from wakeup.usecases.store import Lane

A_CHUNK = 20
LEFTOVERS_EVERY = timedelta(hours=1)
GATHER_S = 0.25
"""Seconds to wait before a round. Every stored recording wakes the loop, only to set a timer days ahead; the pause
lets many of them share one query."""


def keep_nothing(erased: Sequence[Erasure]) -> None:
    """Ignore the erasures, where no backup is ever restored."""


class RetentionLoop(Loop):
    """Deletes one thing after the other, in the last lane: nothing here is urgent."""

    name = "retention"

    def __init__(
        self, engine: LoopParts, archive: Archive, erased: Callable[[Sequence[Erasure]], None] = keep_nothing
    ) -> None:
        """`erased` is called with the erased customers after the commit. It may block, and raise OSError."""
        super().__init__(engine)
        self._archive, self._erased = archive, erased
        self._rests: dict[str, Rest] = {}
        """Cases and customers that could not be deleted, until each is tried again."""
        self._no_leftovers = NO_REST

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        return soonest(await self._recordings(), await self._words_and_customers(), await self._leftovers())

    async def _recordings(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        while True:
            due = await store.read(due_recordings, clock.now(), A_CHUNK)
            if not due.found:
                return due.next_due
            for sid in due.found:
                if await store.run(begin_deletion, sid, clock.now(), lane=Lane.INGEST):
                    await self._delete(sid)

    async def _delete(self, sid: str) -> None:
        """Delete one recording. One that fails is due again."""
        try:
            await self._archive.delete(sid)
        except RemoteError as error:
            self.engine.log.warning("recording_not_deleted", recording=sid, reason=str(error))
            return
        await self.engine.store.run(end_deletion, sid, self.engine.clock.now(), lane=Lane.INGEST)

    async def _words_and_customers(self) -> datetime | None:
        """Delete the words of cases and the customers that are overdue.

        Those that cannot be deleted yet do not hold up the others, and are not tried again every few seconds.
        """
        store, clock = self.engine.store, self.engine.clock
        while True:
            now = clock.now()
            self._rests = {key: rest for key, rest in self._rests.items() if rest.holds(now)}
            due = await store.read(overdue, now, A_CHUNK + len(self._rests))
            words = [case for case in due.words if case not in self._rests]
            customers = [who for who in due.customers if who not in self._rests]
            if not words and not customers:
                return soonest(due.next_due, *(rest.until for rest in self._rests.values()))
            for case in words:
                await self._try(case, store.run(forget_words, case, clock.now(), lane=Lane.INGEST))
            await self._erase(customers, clock.now())

    async def _leftovers(self) -> datetime:
        """Delete the leftovers, at most once an hour: this loop is also woken for everything else."""
        store, now = self.engine.store, self.engine.clock.now()
        if self._no_leftovers.holds(now):
            return self._no_leftovers.until
        while await store.run(prune, now, A_CHUNK, lane=Lane.INGEST):
            pass
        while True:
            found = await store.read(leftovers, now, A_CHUNK + len(self._rests))
            customers = [who for who in found.customers if who not in self._rests]
            guardians = [one for one in found.guardians if "/".join(one) not in self._rests]
            if not customers and not guardians:
                self._no_leftovers = Rest(now, now + LEFTOVERS_EVERY)
                return self._no_leftovers.until
            await self._erase(customers, now)
            for whose, guardian in guardians:
                emptied = store.run(empty_guardian, whose, guardian, lane=Lane.INGEST)
                await self._try(f"{whose}/{guardian}", emptied)

    async def _erase(self, customers: Sequence[CustomerId], now: datetime) -> None:
        done: list[Erasure] = []
        try:
            for who in customers:
                await _to_its_end(self._erase_one(who, now, done))
        finally:
            # Also when the database goes away, or the service stops: these are committed.
            await self._write_down(done)

    async def _erase_one(self, who: CustomerId, now: datetime, done: list[Erasure]) -> None:
        if await self._try(who, self.engine.store.run(erase_overdue, who, self.name, now, lane=Lane.INGEST)):
            done.append(Erasure(who, now))

    async def _write_down(self, done: Sequence[Erasure]) -> None:
        if not done:
            return
        try:
            await asyncio.to_thread(self._erased, done)
        except OSError as error:
            names = [one.customer_id for one in done]
            self.engine.log.error("erasure_not_kept", customers=names, reason=error.strerror)

    async def _try(self, key: str, deletion: Awaitable[object]) -> bool:
        """Return True if it was deleted. What cannot be deleted now is left out for a while, unless the database
        is away."""
        try:
            if await deletion:
                return True
        except (DomainError, LockedError) as reason:
            self.engine.log.warning("not_forgotten", whose=key, reason=str(reason))
        except RemoteError:
            raise
        except Exception:
            self.engine.log.exception("not_forgotten", whose=key)
        now = self.engine.clock.now()
        self._rests[key] = Rest(now, now + LOOK_AGAIN)
        return False


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Await the work to its end even if we are cancelled meanwhile: whether it committed must be known."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
