"""Each minute a signed anchor of the timeline goes to a file outside the database."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.storage.anchors import last_anchor, write_anchor
from wakeup.storage.audit import growth
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit

EVERY = timedelta(minutes=1)
OVERLAP = timedelta(minutes=2)
"""Rows are stamped before they are committed: naming a case again does no harm, missing one would."""


class Anchorer(Loop):
    name = "anchor"

    def __init__(self, engine: Engine, store: Store[SqlUnit], path: Path, audit_key: bytes) -> None:
        super().__init__(engine)
        self._store, self._path, self._key = store, path, audit_key

    async def round(self) -> datetime | None:
        now = self.engine.clock.now()
        last = await asyncio.to_thread(last_anchor, self._path)
        if last is not None and now < last.at + EVERY:
            return last.at + EVERY
        grown = await self._store.read(growth, None if last is None else last.at - OVERLAP)
        # Also when nothing grew: an anchor that is missing must mean something.
        await asyncio.to_thread(
            write_anchor, self._path, self._key, at=now, cases=grown.cases, rows=grown.rows, heads=grown.heads
        )
        return now + EVERY
