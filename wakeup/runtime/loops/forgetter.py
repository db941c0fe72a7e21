"""Has deleted what was kept long enough: recordings at the phone company, words, and whole customers."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import DomainError, RemoteError
from wakeup.domain.ids import CustomerId
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.forget import erase, forget_words, overdue
from wakeup.usecases.ports import Archive
from wakeup.usecases.recordings import begin_deletion, due_recordings, end_deletion
from wakeup.usecases.store import Lane

A_CHUNK = 20


class Forgetter(Loop):
    """One thing after the other, in the last lane: nothing here is in a hurry."""

    name = "retention"

    def __init__(self, engine: Engine, archive: Archive) -> None:
        super().__init__(engine)
        self._archive = archive

    async def round(self) -> datetime | None:
        dates = [await self._recordings(), await self._words_and_customers()]
        return min((date for date in dates if date is not None), default=None)

    async def _recordings(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        while True:
            due = await store.read(due_recordings, clock.now(), A_CHUNK)
            if not due.sids:
                return due.next_due
            for sid in due.sids:
                if await store.run(begin_deletion, sid, clock.now(), lane=Lane.INGEST):
                    await self._delete(sid)

    async def _delete(self, sid: str) -> None:
        """What fails here is due again."""
        try:
            await self._archive.delete(sid)
        except RemoteError as error:
            self.engine.log.warning("recording_not_deleted", recording=sid, reason=str(error))
            return
        await self.engine.store.run(end_deletion, sid, self.engine.clock.now(), lane=Lane.INGEST)

    async def _words_and_customers(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        while True:
            due = await store.read(overdue, clock.now(), A_CHUNK)
            gone = [await store.run(forget_words, case, clock.now(), lane=Lane.INGEST) for case in due.words]
            gone += [await self._erase(customer) for customer in due.customers]
            if not any(gone):
                return due.next_due

    async def _erase(self, customer_id: CustomerId) -> bool:
        """Whoever cannot be erased yet is looked at again."""
        try:
            await self.engine.store.run(erase, customer_id, self.name, self.engine.clock.now(), lane=Lane.INGEST)
        except DomainError as reason:
            self.engine.log.warning("customer_not_erased", customer=customer_id, reason=str(reason))
            return False
        return True
