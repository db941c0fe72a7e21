"""The one connection that writes to SQLite: its transactions, and how a use case is undone.

BEGIN, SAVEPOINT and COMMIT are sent on the raw connection, because SQLAlchemy's nested transactions cost more than
the inserts. Savepoints cost more than the inserts too, since SQLite keeps a copy of every page touched after one.
So many use cases share a transaction without savepoints; only when one of them fails after it has written is the
batch repeated with them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Generic

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from wakeup.domain.errors import StoreDownError, WakeupError
from wakeup.storage.jobs import Job, U
from wakeup.storage.write_buffer import WRITE_BUFFER, WriteBuffer
from wakeup.usecases.store import probe


class NotBegunError(Exception):
    """Not even BEGIN succeeded. Every waiting use case would be refused too, each after the whole busy timeout."""


class SpoiltError(Exception):
    """A use case failed after it had written, and there is no savepoint to roll back to."""


class SqliteWriter(Generic[U]):
    """Owns the one connection that writes."""

    def __init__(self, engine: Engine, make_unit: Callable[[Connection], U]) -> None:
        self._engine = engine
        self._make_unit = make_unit
        self._connection: Connection | None = None
        self._buffer: WriteBuffer | None = None
        self._changes = 0
        """The connection's total_changes when the transaction began."""
        self._touched = False
        self.healthy = True
        """False after a failure, until a transaction that wrote is committed. An empty transaction is no proof: it
        commits even on a full disk."""

    def read(self, job: Job[U]) -> None:
        """Run a query on the writer's own connection, for a database in memory.

        A query that writes fails, and what it wrote is rolled back. PRAGMA query_only is not used for this: SQLite
        would compile every statement again.
        """
        try:
            connection, raw = self._opened()
            before = raw.total_changes
            raw.execute("BEGIN")
            try:
                job.perform(self._make_unit(connection))
            finally:
                raw.execute("ROLLBACK")
                connection.rollback()
            if raw.total_changes != before:
                job.fail(StoreDownError("a query has written"))
        except BaseException as error:  # noqa: BLE001 - passed on to the caller
            job.fail(error)

    def close(self) -> None:
        self.drop()

    def alone(self, job: Job[U]) -> None:
        """Run the job in a transaction of its own. Raises NotBegunError; any other error becomes the job's result."""
        connection, raw = self.begin()
        try:
            self.in_savepoint(job, connection, raw)
            self.commit(connection, raw)
        except BaseException as error:  # noqa: BLE001 - passed on to the caller
            job.fail(error)
        else:
            return
        if isinstance(job.error, StoreDownError):
            self.healthy = False
        self.abandon()

    def unguarded(self, job: Job[U], connection: Connection, raw: sqlite3.Connection) -> None:
        """Run the job in the open transaction. Raises SpoiltError when it failed and cannot be undone by itself."""
        before = self._written(raw)
        try:
            self._perform(job, connection, raw)
        except WakeupError as error:
            if self._written(raw) != before:
                raise SpoiltError from error
            job.fail(error)
        except IntegrityError as error:
            raise SpoiltError from error
        if not raw.in_transaction:
            # After a full disk SQLite has rolled everything back, and the next job would run outside a
            # transaction.
            raise SpoiltError

    def in_savepoint(self, job: Job[U], connection: Connection, raw: sqlite3.Connection) -> None:
        """Run the job in a savepoint of the open transaction.

        Domain errors and broken constraints undo this job only. Any other error is raised and ends the batch.
        """
        for once_more in (True, False):
            raw.execute("SAVEPOINT job")
            again = False
            try:
                self._perform(job, connection, raw)
            except WakeupError as error:
                job.fail(error)
            except IntegrityError as error:
                job.fail(error)
                again = once_more
            # When SQLite has rolled back by itself the savepoint is gone, so RELEASE and ROLLBACK TO raise.
            if job.error is None:
                raw.execute("RELEASE job")
                return
            raw.execute("ROLLBACK TO job")
            raw.execute("RELEASE job")
            if not again:
                return

    def _perform(self, job: Job[U], connection: Connection, raw: sqlite3.Connection) -> None:
        if job.use_case is probe:
            # Rewrite the first page of the file with the same value: without a write a full disk goes unnoticed.
            [standing] = raw.execute("PRAGMA user_version").fetchone()
            raw.execute(f"PRAGMA user_version = {standing}")
            self._touched = True
        job.perform(self._make_unit(connection))

    def _written(self, raw: sqlite3.Connection) -> int:
        """Return a counter that grows with every write, including rows that are only buffered."""
        return raw.total_changes + (0 if self._buffer is None else self._buffer.count)

    def begin(self, *, keep_back: bool = False) -> tuple[Connection, sqlite3.Connection]:
        """Begin a transaction. Raises NotBegunError.

        With `keep_back`, new rows may be buffered until `commit`, which may then raise SpoiltError.
        """
        try:
            connection, raw = self._opened()
            connection.begin()
            raw.execute("BEGIN IMMEDIATE")
            self._changes, self._touched = raw.total_changes, False
            self._buffer = WriteBuffer(raw.cursor()) if keep_back else None
            connection.info[WRITE_BUFFER] = self._buffer
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise NotBegunError from error
        return connection, raw

    def _opened(self) -> tuple[Connection, sqlite3.Connection]:
        if self._connection is None:
            self._connection = self._engine.connect()
        raw = self._connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        return self._connection, raw

    def commit(self, connection: Connection, raw: sqlite3.Connection) -> None:
        if self._buffer is not None:
            try:
                self._buffer.flush()
            except sqlite3.IntegrityError as error:
                # Which job the row belongs to shows when each one has a savepoint.
                raise SpoiltError from error
        raw.execute("COMMIT")
        connection.commit()
        if self._touched or raw.total_changes != self._changes:
            self.healthy = True

    def abandon(self) -> None:
        """Roll back. A connection that cannot even roll back is dropped."""
        if self._connection is None:
            return
        try:
            raw = self._connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            self._connection.rollback()
        except (sqlite3.Error, SQLAlchemyError):
            self.drop()

    def refuse(self, jobs: Sequence[Job[U]], refusal: NotBegunError) -> None:
        """Fail these jobs, none of which was begun, and drop the connection, whose state is uncertain."""
        self.drop()
        for job in jobs:
            job.fail(refusal.__cause__ or refusal)

    def drop(self) -> None:
        """Drop the connection, whose state is uncertain."""
        self.healthy = False
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except (sqlite3.Error, DBAPIError):
            # Already broken: there is nothing left to close.
            self._connection = None
