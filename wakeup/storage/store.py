"""The Store: runs use cases in transactions and returns their results after the commit."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, overload

from wakeup.domain.errors import StoreDownError
from wakeup.storage.engine import LOOKERS
from wakeup.storage.jobs import Job, U, probe
from wakeup.storage.lanes import LaneQueue
from wakeup.usecases.store import Lane

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Publish = Callable[[frozenset[str]], None]
"""Called in the event loop after a commit, with the names to wake. Must not block."""
Work = Callable[[list[Job[U]]], None]
"""Gives every job its value or its error, and raises nothing."""


def publish_nothing(names: frozenset[str]) -> None:
    """Wake nothing."""


def tell_all(jobs: Sequence[Job[U]], publish: Publish) -> None:
    """After a commit, give the waiting callers their results and wake what the jobs named. Called in the event loop."""
    names: set[str] = set()
    for job in jobs:
        job.tell()
        names.update(job.wakes)
    if not names:
        return
    try:
        publish(frozenset(names))
    except Exception as error:  # noqa: BLE001 - the commit stands, and the next jobs must be served
        asyncio.get_running_loop().call_exception_handler({"message": "waking others failed", "exception": error})


class Store(ABC, Generic[U]):
    """The only access to the database. A use case may run more than once; only the run that was committed counts."""

    @overload
    async def run(
        self,
        use_case: Callable[Concatenate[U, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T: ...
    @overload
    async def run(self, use_case: Callable[[U, *Ts], T], /, *args: *Ts, lane: Lane) -> T: ...
    # mypy does not see that a lane given with any arguments covers both forms above.
    async def run(  # type: ignore[misc]
        self,
        use_case: Callable[..., Any],
        /,
        *args: Any,
        lane: Lane = Lane.DECIDE,
        **kwargs: Any,
    ) -> Any:
        """Run `use_case(unit, *args)` in one transaction. Returns after the commit, or raises what the use case
        raised.

        Raises StoreBusyError when the lane is full, StoreDownError when no commit is certain, ConstraintError when
        the database refuses the values. A caller that stops waiting does not undo anything.
        """
        return await self._submit(Job(use_case=use_case, args=args, kwargs=kwargs), lane)

    async def read(
        self,
        query: Callable[Concatenate[U, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `query(unit, *args)` on a read-only connection, in one snapshot that is never behind the writer."""
        answer: T = await self._read(Job(use_case=query, args=args, kwargs=kwargs))
        return answer

    async def look(
        self,
        query: Callable[Concatenate[U, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a short, urgent query like `read`, on a thread and a connection reserved for such queries.

        A page of figures may take seconds, and work that falls due meanwhile must not wait for it.
        """
        answer: T = await self._look(Job(use_case=query, args=args, kwargs=kwargs))
        return answer

    async def ping(self) -> None:
        """Raise StoreDownError unless the database can be written now."""
        await self.run(probe)

    @property
    @abstractmethod
    def healthy(self) -> bool:
        """Whether the last transaction that wrote, or had to, was committed."""

    @property
    @abstractmethod
    def waiting(self) -> dict[Lane, int]:
        """The number of use cases that wait in each lane."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what is waiting, then stop. Idempotent."""

    @abstractmethod
    async def _submit(self, job: Job[U], lane: Lane) -> Any: ...

    @abstractmethod
    async def _read(self, job: Job[U]) -> Any: ...

    @abstractmethod
    async def _look(self, job: Job[U]) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew(Generic[U]):
    """The functions that do the work for one kind of database."""

    writers: Sequence[Work[U]]
    """One thread each."""
    most_at_once: int
    """How many jobs a writer takes from the queue at once."""
    read: Callable[[Job[U]], Any]
    readers: int
    """Number of threads that call `read`."""
    release: Callable[[], None]
    """Returns all connections, when every thread has stopped."""
    is_healthy: Callable[[], bool]


class ThreadedStore(Store[U]):
    """Writer threads behind one queue of lanes, and a few reader threads. Serves one event loop."""

    def __init__(self, crew: Crew[U], publish: Publish) -> None:
        self._crew = crew
        self._publish = publish
        self._queue: LaneQueue[Job[U]] = LaneQueue()
        self._readers = ThreadPoolExecutor(crew.readers, thread_name_prefix="store-reader")
        self._looker = ThreadPoolExecutor(LOOKERS, thread_name_prefix="store-looker")
        self._closed = False
        # Daemons, so that a process told to exit does not wait for a database that hangs.
        self._threads = [
            Thread(target=self._serve, args=(work,), name="store-writer", daemon=True) for work in crew.writers
        ]
        for thread in self._threads:
            thread.start()

    @property
    def healthy(self) -> bool:
        return self._crew.is_healthy()

    @property
    def waiting(self) -> dict[Lane, int]:
        return self._queue.waiting

    async def close(self) -> None:
        self._queue.close()
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._stop)
        self._crew.release()

    def _stop(self) -> None:
        for thread in self._threads:
            thread.join()
        self._readers.shutdown()
        self._looker.shutdown()

    async def _submit(self, job: Job[U], lane: Lane) -> Any:
        job.future = future = asyncio.get_running_loop().create_future()
        self._queue.put(job, lane)
        return await future

    async def _read(self, job: Job[U]) -> Any:
        return await self._read_in(self._readers, job)

    async def _look(self, job: Job[U]) -> Any:
        return await self._read_in(self._looker, job)

    async def _read_in(self, threads: ThreadPoolExecutor, job: Job[U]) -> Any:
        if self._closed:
            raise StoreDownError("closed")
        return await asyncio.get_running_loop().run_in_executor(threads, self._crew.read, job)

    def _serve(self, work: Work[U]) -> None:
        while jobs := self._queue.take(self._crew.most_at_once):
            try:
                work(jobs)
            except BaseException as error:  # noqa: BLE001 - if a writer died, its callers would wait for ever
                for job in jobs:
                    job.fail(error)
            future = jobs[0].future
            assert future is not None
            # RuntimeError: the loop is gone without `close`, so no caller waits for these results any more.
            with suppress(RuntimeError):
                future.get_loop().call_soon_threadsafe(self._deliver, jobs)

    def _deliver(self, jobs: list[Job[U]]) -> None:
        tell_all(jobs, self._publish)
