"""`wakeup feed`: send the events of one file to the service's API, from where the last run stopped."""

from __future__ import annotations

import csv
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from wakeup.feed.checkpoint import Checkpoint, link, resume, save
from wakeup.feed.errors import FeedError, RowFault
from wakeup.feed.mapping import Mapping
from wakeup.feed.rows import Filler, Row, open_records
from wakeup.feed.sending import Clock, FeedStoppedError, Sender, Verdict

BATCH_ROWS, BATCH_BYTES = 200, 1_000_000
KEPT_FAULTS = 1000
_NEW, _KNOWN = 202, 200

Hook: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """The progress of a feed. `accepted`, `known`, `rejected` and `faults` (at most 1,000) are of this run only."""

    file: str
    checkpoint: str
    rows: int
    """Rows of all runs together."""
    earlier: int
    """Rows answered in earlier runs, which are not sent again."""
    earlier_rejected: int
    accepted: int
    known: int
    rejected: int
    position: int
    size: int
    stopped: str | None = None
    faults: tuple[RowFault, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """What to feed and how. `seed` and `pace` apply to the first run only; later runs continue with its values."""

    file: Path
    mapping: Mapping | None = None
    """None if the file is NDJSON of ready risk events."""
    checkpoint: Path
    target: str = ""
    """See `target_of`."""
    seed: int = 7
    pace: bool = False
    """Send each event when the clock reaches its `occurred_at`. Otherwise send at once, and count all times that
    are relative to the arrival from the start of the feed."""
    batch_rows: int = BATCH_ROWS
    report: Path | None = None
    """CSV file in which rejected rows are listed."""


class Rejections:
    """Append rejected rows to a CSV as they are found. No content of a cell is written.

    Raises FeedError, before anything is sent, when the CSV cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.faults: list[RowFault] = []
        if path is None:
            return
        try:
            with path.open("a", newline="", encoding="utf-8") as file:
                if file.tell() == 0:
                    csv.writer(file).writerow(("line", "last_line", "column", "why"))
        except OSError as error:
            raise FeedError(f"{path}: the report cannot be written ({error.strerror})") from None

    def add(self, faults: Iterable[RowFault]) -> None:
        found = list(faults)
        self.faults += found[: max(KEPT_FAULTS - len(self.faults), 0)]
        if self._path is None or not found:
            return
        with self._path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows((fault.line, fault.last_line, fault.column, fault.why) for fault in found)


@dataclass(slots=True)
class _Batch:
    """Rows since the last checkpoint: those to send, and those rejected before sending."""

    limit: int
    rows: int = 0
    chain: str = ""
    position: int = 0
    size: int = 0
    good: list[tuple[Row, bytes]] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    rejected: int = 0

    @property
    def full(self) -> bool:
        return len(self.good) + self.rejected >= self.limit or self.size >= BATCH_BYTES


class Feed:
    """One run over one file."""

    def __init__(
        self,
        plan: FeedPlan,
        sender: Sender,
        clock: Clock,
        *,
        progress: Callable[[FeedReport], None] | None = None,
        on_event: Hook | None = None,
    ) -> None:
        mapping = plan.mapping
        fresh = Checkpoint(
            source=plan.file.name,
            mapping=mapping.digest if mapping else "",
            target=plan.target,
            seed=plan.seed,
            paced=plan.pace,
            start=clock.now(),
        )
        done = resume(plan.checkpoint, fresh)
        self._plan, self._sender, self._clock, self._begun, self._done = plan, sender, clock, done, done
        self._progress, self._on_event = progress, on_event
        self._rejections = Rejections(plan.report)
        self._position = 0
        self._filler = Filler(plan.file.name, mapping, start=done.start, seed=done.seed, spread=done.paced)

    async def run(self) -> FeedReport:
        """Send what is left of the file. Raises FeedError when the file is unusable.

        A service that is away only stops the run; see `stopped`.
        """
        try:
            await self._run()
        except FeedStoppedError as stop:
            return self._report(str(stop))
        return self._report()

    async def _run(self) -> None:
        batch = _Batch(limit=self._plan.batch_rows, chain=self._done.chain)
        chain, rows = "", 0
        for record in open_records(self._plan.file, self._plan.mapping):
            chain, rows = link(chain, record), record.number
            if rows <= self._done.rows:
                self._expect_same(rows, chain)
                self._position = record.position
                continue
            row = self._filler.row(record)
            if self._is_ahead(row.occurred_at):
                batch = await self._flush(batch)
                await self._wait_for(row.occurred_at)
            _enter(batch, row)
            batch.rows, batch.chain, batch.position = rows, chain, record.position
            if batch.full:
                batch = await self._flush(batch)
        if rows < self._done.rows:
            raise FeedError(f"{self._plan.file.name}: has fewer rows than an earlier run has read; {self._anew()}")
        await self._flush(batch)

    def _expect_same(self, rows: int, chain: str) -> None:
        if rows == self._done.rows and chain != self._done.chain:
            raise FeedError(
                f"{self._plan.file.name}: changed within the {rows} rows an earlier run has read, of which "
                f"{self._done.rejected} were rejected; {self._anew()}"
            )

    def _anew(self) -> str:
        return (
            f"delete {self._plan.checkpoint} to feed it from its start; events whose id is known are not accepted twice"
        )

    def _is_ahead(self, at: datetime | None) -> bool:
        return self._done.paced and at is not None and at > self._clock.now()

    async def _wait_for(self, at: datetime | None) -> None:
        if at is not None:
            await self._clock.sleep_until(at)

    async def _flush(self, batch: _Batch) -> _Batch:
        """Send the good rows, list the rejected ones, then record in the checkpoint that all of them are done."""
        if not batch.good and not batch.rejected:
            return batch
        for row, _ in batch.good:
            if self._on_event is not None and row.event is not None:
                await self._on_event(row.event)
        verdicts = await self._sender.send([body for _, body in batch.good]) if batch.good else []
        refused = list(self._refusals(batch, verdicts))
        self._rejections.add(batch.faults + refused)
        statuses = [verdict.status for verdict in verdicts]
        accepted, known = statuses.count(_NEW), statuses.count(_KNOWN)
        self._done = self._done.advanced(
            rows=batch.rows,
            chain=batch.chain,
            accepted=accepted,
            known=known,
            rejected=batch.rejected + len(statuses) - accepted - known,
        )
        save(self._plan.checkpoint, self._done)
        self._position = batch.position
        if self._progress is not None:
            self._progress(self._report())
        return _Batch(limit=batch.limit, rows=batch.rows, chain=batch.chain, position=batch.position)

    def _refusals(self, batch: _Batch, verdicts: list[Verdict]) -> Iterable[RowFault]:
        for (row, _), verdict in zip(batch.good, verdicts, strict=True):
            if verdict.status not in (_NEW, _KNOWN):
                faults = verdict.faults or (("", f"was answered {verdict.status}"),)
                yield from self._filler.faults(row, iter(faults))

    def _report(self, stopped: str | None = None) -> FeedReport:
        begun, done = self._begun, self._done
        return FeedReport(
            file=self._plan.file.name,
            checkpoint=str(self._plan.checkpoint),
            rows=done.rows,
            earlier=begun.rows,
            earlier_rejected=begun.rejected,
            accepted=done.accepted - begun.accepted,
            known=done.known - begun.known,
            rejected=done.rejected - begun.rejected,
            position=self._position,
            size=self._plan.file.stat().st_size,
            stopped=stopped,
            faults=tuple(self._rejections.faults),
        )


def _enter(batch: _Batch, row: Row) -> None:
    if row.event is None:
        batch.rejected += 1
        batch.faults += row.faults
        return
    body = json.dumps(row.event, ensure_ascii=False, separators=(",", ":")).encode()
    batch.good.append((row, body))
    batch.size += len(body)


async def feed_file(
    plan: FeedPlan,
    sender: Sender,
    clock: Clock,
    *,
    progress: Callable[[FeedReport], None] | None = None,
    on_event: Hook | None = None,
) -> FeedReport:
    """Feed one file, from where an earlier run stopped.

    `on_event` is called with each event just before it is sent; again for events in flight when an earlier run was
    killed.
    """
    return await Feed(plan, sender, clock, progress=progress, on_event=on_event).run()
