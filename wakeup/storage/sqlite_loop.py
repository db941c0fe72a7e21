"""The Store on a SQLite file: use cases run in the event loop; only BEGIN and COMMIT wait in a thread.

A writer thread next to the loop costs more than it gains: the driver releases the GIL at each statement, and gets
it back from a busy loop only after a switch interval. So the loop runs the statements itself, and a thread does
what waits for the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from wakeup.domain.errors import StoreDownError
from wakeup.storage.engine import Engines
from wakeup.storage.jobs import Job, U
from wakeup.storage.lanes import LaneQueue
from wakeup.storage.publish import Publish, publish_nothing, tell_all
from wakeup.storage.readers import Readers
from wakeup.storage.sqlite_writer import NotBegunError, SpoiltError, SqliteWriter
from wakeup.usecases.store import Lane, Store

MAX_PER_COMMIT = 32
"""Use cases per commit. Enough to share an fsync, and few enough that no caller waits long, because they block the
loop for some twenty milliseconds.

Requests that arrive meanwhile are read while the disk is written, when the loop has nothing else to do. If they
were read in between, the loop would be idle during each commit.
"""
FEW = 2
"""Up to this many use cases the disk counts as idle, so a use case that they wake early may still join the commit."""
TO_COME_ALONG = 3
"""Turns of the loop between a wake-up and the use case that follows from it, with one to spare."""
READERS = 2
T = TypeVar("T")


class LoopStore(Store[U]):
    """Serves one event loop with group commit: use cases that wait when a commit returns go into the next one."""

    def __init__(
        self,
        engines: Engines,
        make_unit: Callable[[Connection], U],
        publish: Publish = publish_nothing,
        *,
        early: frozenset[str] = frozenset(),
        most_per_commit: int = MAX_PER_COMMIT,
    ) -> None:
        """`early`: names whose listeners read only through `run`, so that they see what is not committed yet.

        They are woken before the commit. On an idle service the use case they run in response then shares that
        commit.
        """
        self._engines = engines
        self._writer = SqliteWriter(engines.writing, make_unit)
        self._readers = Readers(engines.reading, make_unit, READERS)
        self._publish = publish
        self._early = early
        self._most = most_per_commit
        self._queue: LaneQueue[Job[U]] = LaneQueue()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="store-disk")
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def healthy(self) -> bool:
        return self._writer.healthy

    @property
    def waiting(self) -> dict[Lane, int]:
        return self._queue.waiting

    async def close(self) -> None:
        self._queue.close()
        if self._closed:
            return
        self._closed = True
        self._readers.refuse()
        if self._pump is not None:
            # If the caller is cancelled while it waits for the end, the pump must not be cancelled.
            await asyncio.shield(self._pump)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._readers.close)
        await loop.run_in_executor(None, self._disk.shutdown)
        self._writer.close()
        self._engines.writing.dispose()
        self._engines.reading.dispose()

    async def _submit(
        self, use_case: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], lane: Lane
    ) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.put(Job(use_case=use_case, args=args, kwargs=kwargs, future=future), lane)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work(), name="store")
        return await future

    async def _read(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._readers.read(Job(use_case=query, args=args, kwargs=kwargs))

    async def _look(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._readers.look(Job(use_case=query, args=args, kwargs=kwargs))

    async def _work(self) -> None:
        while any(self._queue.waiting.values()):
            jobs: list[Job[U]] = []
            try:
                await self._together(jobs)
            except NotBegunError as refusal:
                self._refuse(jobs, refusal)
            except BaseException as error:
                if _we_are_cancelled(error):
                    self._give_up(jobs)
                    raise
                await self._each_alone(jobs)
            tell_all(jobs, self._publish)

    def _give_up(self, jobs: list[Job[U]]) -> None:
        """The loop ends without `close`: the result of running use cases is unknown, and waiting ones are not
        served any more."""
        self._disk.submit(self._writer.drop)
        while (job := self._queue.take_one()) is not None:
            jobs.append(job)
        for job in jobs:
            job.fail(StoreDownError("stopped"))
        tell_all(jobs, self._publish)

    async def _together(self, jobs: list[Job[U]]) -> None:
        """Run all that waits in one transaction, best lane first, and collect in `jobs` what was part of it."""
        try:
            connection, raw = await self._on_disk(partial(self._writer.begin, keep_back=True))
            self._run_all(jobs, self._writer.unguarded, connection, raw)
            if len(jobs) <= FEW:
                await self._wake_early(jobs)
                begun = len(jobs)
                self._run_all(jobs, self._writer.unguarded, connection, raw, begun=begun)
                # The use case that joined is answered first, because it is about to place a call.
                jobs[:] = jobs[begun:] + jobs[:begun]
            await self._on_disk(self._writer.commit, connection, raw)
        except SpoiltError:
            await self._on_disk(self._writer.abandon)
            connection, raw = await self._on_disk(self._writer.begin)
            self._run_all(jobs, self._writer.in_savepoint, connection, raw)
            await self._on_disk(self._writer.commit, connection, raw)

    def _run_all(
        self,
        jobs: list[Job[U]],
        run: Callable[[Job[U], Connection, sqlite3.Connection], None],
        connection: Connection,
        raw: sqlite3.Connection,
        begun: int = 0,
    ) -> None:
        done = begun
        while done < len(jobs) or self._took_another(jobs):
            run(jobs[done], connection, raw)
            done += 1

    async def _wake_early(self, jobs: Sequence[Job[U]]) -> None:
        """Wake the early listeners, and give them time to join this commit.

        If the commit fails, the use cases run again and name them again.
        """
        names = self._early.intersection(name for job in jobs for name in job.wakes)
        if not names:
            return
        for job in jobs:
            job.wakes = [name for name in job.wakes if name not in names]
        self._publish(names)
        for _ in range(TO_COME_ALONG):
            await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop takes no time
            if any(self._queue.waiting.values()):
                return

    def _took_another(self, jobs: list[Job[U]]) -> bool:
        if len(jobs) >= self._most or (job := self._queue.take_one()) is None:
            return False
        jobs.append(job)
        return True

    async def _each_alone(self, jobs: list[Job[U]]) -> None:
        await self._on_disk(self._writer.abandon)
        for n, job in enumerate(jobs):
            try:
                await self._on_disk(self._writer.alone, job)
            except NotBegunError as refusal:
                self._writer.refuse(jobs[n:], refusal)
                return

    def _refuse(self, jobs: list[Job[U]], refusal: NotBegunError) -> None:
        """Not even BEGIN succeeded. Refuse all that waits: each would be refused after the whole busy timeout."""
        while self._took_another(jobs):
            pass
        self._writer.refuse(jobs, refusal)

    async def _on_disk(self, act: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, act, *args)


def _we_are_cancelled(error: BaseException) -> bool:
    """True if our task was cancelled, rather than a use case having raised CancelledError."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
