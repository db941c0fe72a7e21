"""Write a signed anchor of the timeline each minute to a file outside the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.storage.anchors import Anchor, goes_on, last_anchor, write_anchor
from wakeup.storage.audit import growth, known_anchor, remember_anchor
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.store import Lane

EVERY = timedelta(minutes=1)
WAY_OUT = (
    "move the file away if it exists, then run wakeup audit begin-anew --only-anchors; without the option if the "
    "database is an older copy"
)
OVERLAP = timedelta(minutes=2)
"""How far the rows of consecutive anchors overlap. Rows are stamped before they are committed; naming a case twice
does no harm, missing one would."""


class Anchorer(Loop):
    name = "anchor"

    def __init__(self, engine: LoopParts, store: Store[SqlUnit], path: Path, audit_key: bytes, node: str) -> None:
        super().__init__(engine)
        self._store, self._path, self._key, self._node = store, path, audit_key, node
        self._not_before: datetime | None = None
        self._written: datetime | None = None
        """When this process wrote its last anchor."""

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
        # Also written when nothing grew, so that a missing anchor always means a fault.
        made = await asyncio.to_thread(
            write_anchor, self._path, self._key, at=at, cases=grown.cases, rows=grown.rows, heads=grown.heads
        )
        self._written, self._not_before = now, now + EVERY
        await self._store.run(remember_anchor, self._node, made.n, made.digest, lane=Lane.DISPATCH)
        return now + EVERY

    def _lost(self, now: datetime) -> datetime:
        """Log, at most once a minute, that anchors are missing, and write none: going on would hide the loss.

        A person who knows the reason puts the file back, or runs `WAY_OUT`. Return when to look again.
        """
        if self._not_before is None or not now < self._not_before <= now + EVERY:
            self.engine.log.error("anchors_lost", file=str(self._path), way_out=WAY_OUT)
            self._not_before = now + EVERY
        return self._not_before

    def _after(self, last: Anchor | None, now: datetime) -> tuple[datetime, Anchor | None]:
        """Return the date of the next anchor, and the anchor from which it continues; None if it names every case."""
        if last is None or last.at <= now:
            return now, last
        # The clock was ahead. Waiting until it is right would mean no anchors for that long; instead their order
        # is kept.
        self.engine.log.error("anchor_from_future", file=str(self._path), at=last.at.isoformat())
        self.engine.alarm("anchor_from_future")
        if self._written is None or self._written > now:
            return last.at, None
        return last.at, replace(last, at=self._written)
