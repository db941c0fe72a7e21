"""Each minute a signed anchor of the timeline goes to a file outside the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.storage.anchors import Anchor, goes_on, last_anchor, write_anchor
from wakeup.storage.audit import growth, known_anchor, remember_anchor
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.store import Lane

EVERY = timedelta(minutes=1)
WAY_OUT = "move the file away, if it is there, then wakeup audit begin-anew"
OVERLAP = timedelta(minutes=2)
"""Rows are stamped before they are committed: naming a case again does no harm, missing one would."""


class Anchorer(Loop):
    name = "anchor"

    def __init__(self, engine: Engine, store: Store[SqlUnit], path: Path, audit_key: bytes, node: str) -> None:
        super().__init__(engine)
        self._store, self._path, self._key, self._node = store, path, audit_key, node
        self._not_before: datetime | None = None
        self._written: datetime | None = None
        """When the last anchor was, by this process."""

    async def round(self) -> datetime | None:
        now = self.engine.clock.now()
        try:
            last = await asyncio.to_thread(last_anchor, self._path)
        except ValueError:
            return self._lost(now)
        if last is not None and last.at <= now + EVERY and now < last.at + EVERY:
            return last.at + EVERY
        if self._not_before is not None and now < self._not_before <= now + EVERY:
            return self._not_before
        known = await self._store.read(known_anchor, self._node)
        if not await asyncio.to_thread(goes_on, last, self._path, known):
            return self._lost(now)
        at, since = self._after(last, now)
        grown = await self._store.read(growth, since, OVERLAP)
        # Also when nothing grew: an anchor that is missing must mean something.
        made = await asyncio.to_thread(
            write_anchor, self._path, self._key, at=at, cases=grown.cases, rows=grown.rows, heads=grown.heads
        )
        self._written, self._not_before = now, now + EVERY
        await self._store.run(remember_anchor, self._node, made.n, made.digest, lane=Lane.DISPATCH)
        return now + EVERY

    def _lost(self, now: datetime) -> datetime:
        """Going on would cover it up. Whoever knows why puts the file back, or says so. Told once a minute."""
        if self._not_before is None or not now < self._not_before <= now + EVERY:
            self.engine.log.error("anchors_lost", file=str(self._path), way_out=WAY_OUT)
            self._not_before = now + EVERY
        return self._not_before

    def _after(self, last: Anchor | None, now: datetime) -> tuple[datetime, Anchor | None]:
        """The date of the next anchor, and the one from which it goes on; None: it names all there is."""
        if last is None or last.at <= now:
            return now, last
        # The clock was ahead. To wait until it is right would be no anchors for so long: their order is kept instead.
        self.engine.log.error("anchor_from_future", file=str(self._path), at=last.at.isoformat())
        self.engine.alarm("anchor_from_future")
        if self._written is None or self._written > now:
            return last.at, None
        return last.at, replace(last, at=self._written)
