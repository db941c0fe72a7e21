"""The Store on PostgreSQL: a few threads, one transaction per use case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from time import monotonic  # noqa: TID251 - threads hang in the machine's time
from typing import Any, Generic

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from wakeup.domain.errors import LockedError, OvertakenError, StoreDownError
from wakeup.storage.engine import LOOKERS, Engines
from wakeup.storage.hang_detector import HANGS_AFTER_S, HangDetector
from wakeup.storage.jobs import WORTH_ANOTHER_TRY, Job, Pause, U, code_of, no_pause
from wakeup.storage.lanes import LaneQueue
from wakeup.storage.publish import Publish, publish_nothing, tell_all
from wakeup.storage.readers import Readers
from wakeup.usecases.store import Lane, Store, probe

TRIES = 5
WRITERS = 4
READERS = 2
READ_ONLY = "25006"
"""SQLSTATE of a write on a standby server, or on one that was made read-only."""
CLOSE_S = 15.0
"""Longer than a statement can take."""
HANGS = "hangs"
"""Reason of StoreDownError while the database neither answers nor ends the connection."""


class _AgainError(Exception):
    """Certainly not committed, and the cause may be temporary."""


class _ReadOnlyError(StoreDownError):
    """The server is reachable but accepts no writes."""


@dataclass(slots=True)
class Health:
    """The state of the database as the writers last saw it."""

    good: bool = True


class PgWriter(Generic[U]):
    """The writer of one thread, which keeps its connection between use cases."""

    def __init__(self, engine: Engine, make_unit: Callable[[Connection], U], pause: Pause, health: Health) -> None:
        self._engine = engine
        self._make_unit = make_unit
        self._pause = pause
        self._connection: Connection | None = None
        self._health = health
        self._wrote = False
        """Whether the last use case wrote. Determined only while the database counts as unhealthy."""

    def work(self, job: Job[U]) -> None:
        """Run the job, so that it has its result or error."""
        for number in range(1, TRIES + 1):
            try:
                self._once(job)
            except _AgainError as passing:
                job.fail(passing.__cause__ or passing)
                self._pause(number)
            else:
                break
        if isinstance(job.error, StoreDownError) and not isinstance(job.error, LockedError):
            self._health.good = False
        elif self._wrote:
            self._health.good = True

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _once(self, job: Job[U]) -> None:
        self._wrote = False
        try:
            connection = self._connect()
        except SQLAlchemyError as error:
            job.fail(error)
            return
        committing = False
        try:
            connection.begin()
            if job.use_case is probe:
                self._probe(connection)
            job.perform(self._make_unit(connection))
            _check_unbroken(connection)
            # A transaction that only read proves nothing: it succeeds on a read-only server, too.
            wrote = not self._health.good and _has_written(connection)
            committing = True
            connection.commit()
            self._wrote = wrote
        except OvertakenError as error:
            self._give_up(connection, for_good=False)
            raise _AgainError from error
        except DBAPIError as error:
            self._give_up(connection, for_good=code_of(error) == READ_ONLY)
            if _may_pass(error, committing=committing):
                raise _AgainError from error
            job.fail(error)
        except BaseException as error:  # noqa: BLE001 - passed on to the caller
            self._give_up(connection, for_good=isinstance(error, _ReadOnlyError))
            job.fail(error)

    def _probe(self, connection: Connection) -> None:
        """Raise StoreDownError if the database cannot be written. After a failure, test that with a write outside
        all tables."""
        if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
            raise _ReadOnlyError(READ_ONLY)
        if not self._health.good:
            connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'wakeup', 'probe')")

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _give_up(self, connection: Connection, *, for_good: bool) -> None:
        """Roll back. Replace a connection that cannot, and with `for_good` one to a server that has become
        read-only."""
        try:
            if for_good:
                connection.invalidate()
            if not connection.invalidated:
                connection.rollback()
                return
        except SQLAlchemyError:
            connection.invalidate()
        self._connection = None
        connection.close()


class PgStore(Store[U]):
    """Writer threads behind one queue of lanes, and a few reader threads. Serves one event loop."""

    def __init__(
        self,
        engines: Engines,
        make_unit: Callable[[Connection], U],
        publish: Publish = publish_nothing,
        *,
        pause: Pause = no_pause,
        writers: int = WRITERS,
        clock: Callable[[], float] = monotonic,
        patience_s: float = HANGS_AFTER_S,
        close_s: float = CLOSE_S,
    ) -> None:
        """`patience_s`: how long an event waits. Its sender has given up by then. `close_s`: how long `close` waits."""
        self._engines = engines
        self._publish = publish
        self._health = Health()
        self._queue: LaneQueue[Job[U]] = LaneQueue()
        self._looking = HangDetector(LOOKERS, clock)
        self._readers = Readers(engines.reading, make_unit, READERS, self._looking)
        self._closed = False
        self._progress, self._patience_s = HangDetector(writers, clock), patience_s
        self._close_s, self._left_hanging = close_s, False
        self._writers = [PgWriter(engines.writing, make_unit, pause, self._health) for _ in range(writers)]
        # Daemons, so that a process told to exit does not wait for a database that hangs.
        self._threads = [
            Thread(target=self._serve, args=(writer,), name="store-writer", daemon=True) for writer in self._writers
        ]
        for thread in self._threads:
            thread.start()

    @property
    def healthy(self) -> bool:
        return self._health.good and not self.stands_still

    @property
    def stands_still(self) -> bool:
        return self._progress.stands_still or self._looking.stands_still

    @property
    def left_hanging(self) -> bool:
        return self._left_hanging

    @property
    def waiting(self) -> dict[Lane, int]:
        return self._queue.waiting

    async def close(self) -> None:
        self._queue.close()
        if self._closed and not self._left_hanging:
            return
        self._closed = True
        self._readers.refuse()
        self._left_hanging = await asyncio.get_running_loop().run_in_executor(None, self._some_hang)
        if self._left_hanging:
            return
        for writer in self._writers:
            writer.close()
        self._engines.writing.dispose()
        self._engines.reading.dispose()

    def _some_hang(self) -> bool:
        """Wait for the threads, and return whether any has not ended in time."""
        threads = [*self._threads, Thread(target=self._readers.close, name="store-closer", daemon=True)]
        threads[-1].start()
        until = monotonic() + self._close_s
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))
        return any(thread.is_alive() for thread in threads)

    async def _submit(
        self, use_case: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], lane: Lane
    ) -> Any:
        if self._progress.all_hang:
            raise StoreDownError(HANGS)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.put(Job(use_case=use_case, args=args, kwargs=kwargs, future=future), lane)
        if lane is not Lane.INGEST:
            return await future
        try:
            async with asyncio.timeout(self._patience_s):
                return await future
        except TimeoutError:
            # It may be committed later. The sender repeats it, and it is recognised.
            raise StoreDownError(HANGS) from None

    async def _read(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._readers.read(Job(use_case=query, args=args, kwargs=kwargs))

    async def _look(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await self._readers.look(Job(use_case=query, args=args, kwargs=kwargs))

    def _serve(self, writer: PgWriter[U]) -> None:
        while (job := self._queue.wait_for_one()) is not None:
            self._progress.begin(writer)
            try:
                writer.work(job)
            except BaseException as error:  # noqa: BLE001 - if a writer died, its callers would wait for ever
                job.fail(error)
            self._progress.end(writer)
            assert job.future is not None
            # RuntimeError: the loop is gone without `close`, so no caller waits for this result any more.
            with suppress(RuntimeError):
                job.future.get_loop().call_soon_threadsafe(tell_all, [job], self._publish)


def _check_unbroken(connection: Connection) -> None:
    """Raise if the transaction has failed: PostgreSQL turns its COMMIT silently into a ROLLBACK, so a swallowed
    error would look like success."""
    raw = connection.connection.driver_connection
    assert raw is not None
    if raw.info.transaction_status is TransactionStatus.INERROR:
        raise StoreDownError("transaction lost")


def _has_written(connection: Connection) -> bool:
    """True if the transaction wrote or locked rows: only then does it have an id."""
    return connection.exec_driver_sql("SELECT txid_current_if_assigned()").scalar() is not None


def _may_pass(error: DBAPIError, *, committing: bool) -> bool:
    if code_of(error) in WORTH_ANOTHER_TRY:
        return True
    # A connection lost before COMMIT was sent has certainly rolled back. If it was lost while committing, that is
    # unknown.
    return error.connection_invalidated and not committing
