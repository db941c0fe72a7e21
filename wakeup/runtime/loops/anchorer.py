"""Write a signed anchor of the timeline each minute to a file outside the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from wakeup.domain.rest import NO_REST, Rest
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.storage.anchors import Anchor, KnownAnchor, goes_on, last_anchor, write_anchor
from wakeup.storage.audit import Growth, counted_anew, growth, known_anchor, remember_anchor, some_heads
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.store import Lane, Store

EVERY = timedelta(minutes=1)
CASES_PER_LINE = 1_000
"""Cases that one line names when every case is named, which is done at the first anchor of a file."""
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
        self._rest = NO_REST
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
        if self._rest.holds(now):
            return self._rest.until
        known = await self._store.read(_known, self._node)
        if not await asyncio.to_thread(goes_on, last, self._path, known):
            return self._lost(now)
        at, since = self._after(last, now)
        if since is None:
            behind = await self._name_cases(at)
            grown = await self._store.read(counted_anew, behind, now - OVERLAP)
        else:
            grown = await self._store.read(growth, since, OVERLAP)
        # Also written when nothing grew, so that a missing anchor always means a fault.
        made = await self._write(at, grown)
        self._written, self._rest = now, Rest(now, now + EVERY)
        await self._store.run(remember_anchor, self._node, made.n, made.digest, lane=Lane.DISPATCH)
        return now + EVERY

    async def _name_cases(self, at: datetime) -> str:
        """Name all cases but the last few, in lines of bounded length. Return the last case named; "" if all are few.

        Should we stop in between, `more` in the last line shows that not every case is named.
        """
        last, cases, rows = "", 0, 0
        while len(heads := await self._store.read(some_heads, last, CASES_PER_LINE)) == CASES_PER_LINE:
            last, cases, rows = next(reversed(heads)), cases + len(heads), rows + sum(n for n, _ in heads.values())
            await self._write(at, Growth(cases=cases, rows=rows, heads=heads), more=True)
        return last

    async def _write(self, at: datetime, grown: Growth, *, more: bool = False) -> Anchor:
        heads, cases, rows = grown.heads, grown.cases, grown.rows
        return await asyncio.to_thread(
            write_anchor, self._path, self._key, at=at, cases=cases, rows=rows, heads=heads, more=more
        )

    def _lost(self, now: datetime) -> datetime:
        """Log, at most once a minute, that anchors are missing, and write none: going on would hide the loss.

        A person who knows the reason puts the file back, or runs `WAY_OUT`. Return when to look again.
        """
        if not self._rest.holds(now):
            self.engine.log.error("anchors_lost", file=str(self._path), way_out=WAY_OUT)
            self._rest = Rest(now, now + EVERY)
        return self._rest.until

    def _after(self, last: Anchor | None, now: datetime) -> tuple[datetime, Anchor | None]:
        """Return the date of the next anchor, and the anchor from which it continues; None if it names every case."""
        if last is None or last.at <= now:
            return now, None if last is None or last.more else last
        # The clock was ahead. Waiting until it is right would mean no anchors for that long; instead their order
        # is kept.
        self.engine.log.error("anchor_from_future", file=str(self._path), at=last.at.isoformat())
        self.engine.alarm("anchor_from_future")
        if last.more or self._written is None or self._written > now:
            return last.at, None
        return last.at, replace(last, at=self._written)


def _known(unit: SqlUnit, node: str) -> KnownAnchor | None:
    return known_anchor(unit.link, node)
