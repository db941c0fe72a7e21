"""The Store on a SQLite file: use cases run in the event loop, only BEGIN and COMMIT wait in a thread.

A writer thread beside the loop costs more than it gives: the driver lets go of the interpreter at each statement, and
takes it back from a busy loop only after a switch interval. So the loop runs the statements itself, and a thread
does what waits for the disk.
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
from wakeup.storage.engine import LOOKERS, Engines
from wakeup.storage.jobs import Job, U
from wakeup.storage.lanes import LaneQueue
from wakeup.storage.reader import Reader
from wakeup.storage.sqlite_writer import NotBegunError, SpoiltError, SqliteWriter
from wakeup.storage.store import Publish, Store, publish_nothing, tell_all
from wakeup.usecases.store import Lane

MAX_PER_COMMIT = 32
"""Enough to share an fsync among, and few enough that nobody on the line waits long: they take some twenty
milliseconds in one go. Whoever comes meanwhile is read while the disk is written, when the loop has nothing else to do;
if they were read in between, the loop would stand idle at each commit."""
FEW = 2
"""So few use cases that the disk is idle: whoever they wake early may still join them."""
TO_COME_ALONG = 3
"""Turns of the loop from a wake-up to the use case that follows from it, and one to spare."""
READERS = 2
T = TypeVar("T")


class LoopStore(Store[U]):
    """Serves one event loop. Group commit: whatever waits when a commit returns goes into the next."""

    def __init__(
        self,
        engines: Engines,
        make_unit: Callable[[Connection], U],
        publish: Publish = publish_nothing,
        *,
        early: frozenset[str] = frozenset(),
        most_per_commit: int = MAX_PER_COMMIT,
    ) -> None:
        """`early`: names whose listeners look at nothing but what `run` shows them. They see what is not committed yet,
        and are told before it is: on an idle service their answer shares the commit."""
        self._engines = engines
        self._writer = SqliteWriter(engines.writing, make_unit)
        self._read_job = Reader(engines.reading, make_unit).read
        self._publish = publish
        self._early = early
        self._most = most_per_commit
        self._queue: LaneQueue[Job[U]] = LaneQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._looker = ThreadPoolExecutor(LOOKERS, thread_name_prefix="store-looker")
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
        if self._pump is not None:
            # Whoever gives up waiting for the end must not end it.
            await asyncio.shield(self._pump)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._readers.shutdown)
        await loop.run_in_executor(None, self._looker.shutdown)
        await loop.run_in_executor(None, self._disk.shutdown)
        self._writer.close()
        self._engines.writing.dispose()
        self._engines.reading.dispose()

    async def _submit(self, job: Job[U], lane: Lane) -> Any:
        job.future = future = asyncio.get_running_loop().create_future()
        self._queue.put(job, lane)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work(), name="store")
        return await future

    async def _read(self, job: Job[U]) -> Any:
        return await self._read_in(self._readers, job)

    async def _look(self, job: Job[U]) -> Any:
        return await self._read_in(self._looker, job)

    async def _read_in(self, threads: ThreadPoolExecutor, job: Job[U]) -> Any:
        if self._closed:
            raise StoreDownError("closed")
        return await asyncio.get_running_loop().run_in_executor(threads, self._read_job, job)

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
        """The loop ends without `close`: what was under way is uncertain, and nobody will serve the rest."""
        self._disk.submit(self._writer.drop)
        while (job := self._queue.take_one()) is not None:
            jobs.append(job)
        for job in jobs:
            job.fail(StoreDownError("stopped"))
        tell_all(jobs, self._publish)

    async def _together(self, jobs: list[Job[U]]) -> None:
        """One transaction for all that waits, best lane first; `jobs` tells who was in it."""
        try:
            connection, raw = await self._on_disk(partial(self._writer.begin, keep_back=True))
            self._run_all(jobs, self._writer.unguarded, connection, raw)
            if len(jobs) <= FEW:
                await self._wake_early(jobs)
                begun = len(jobs)
                self._run_all(jobs, self._writer.unguarded, connection, raw, begun=begun)
                # Who came along is answered first: a phone is to ring.
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
        """Whoever listens early, with the time to come along. If this commit fails the use cases run again, and name
        them again."""
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
        """Not even BEGIN: whoever waits would hear the same, each after the whole busy timeout."""
        while self._took_another(jobs):
            pass
        self._writer.refuse(jobs, refusal)

    async def _on_disk(self, act: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, act, *args)


def _we_are_cancelled(error: BaseException) -> bool:
    """And not some use case that raised the same."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
