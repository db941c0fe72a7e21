"""Has recordings deleted whose time is over."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import RemoteError
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.ports import Archive
from wakeup.usecases.recordings import begin_deletion, due_recordings, end_deletion
from wakeup.usecases.store import Lane

A_CHUNK = 20


class Forgetter(Loop):
    name = "retention"

    def __init__(self, engine: Engine, archive: Archive) -> None:
        super().__init__(engine)
        self._archive = archive

    async def round(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        while True:
            due = await store.read(due_recordings, clock.now(), A_CHUNK)
            if not due.sids:
                return due.next_due
            for sid in due.sids:
                # One after the other: nothing here is in a hurry.
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
