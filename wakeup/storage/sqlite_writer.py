"""Group commit on SQLite: many use cases, a savepoint each, one COMMIT. Knows no table, no thread and no event loop.

The raw connection sends BEGIN, SAVEPOINT and COMMIT: SQLAlchemy's nested transactions cost more than the inserts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Generic

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from wakeup.domain.errors import StoreDownError, WakeupError
from wakeup.storage.jobs import Job, U


class NotBegunError(Exception):
    """Not even BEGIN: whoever waits would hear the same refusal, each after the whole busy timeout."""


class SqliteWriter(Generic[U]):
    """Owns the one connection that writes."""

    def __init__(self, engine: Engine, make_unit: Callable[[Connection], U]) -> None:
        self._engine = engine
        self._make_unit = make_unit
        self._connection: Connection | None = None
        self.healthy = True

    def work(self, jobs: Sequence[Job[U]]) -> None:
        """Run the jobs in one transaction; if that fails, each in its own. Afterwards every job has its answer."""
        answered = 0
        try:
            if len(jobs) > 1 and self._together(jobs):
                return
            for job in jobs:
                self.alone(job)
                answered += 1
        except NotBegunError as refusal:
            self.drop()
            for job in jobs[answered:]:
                job.fail(refusal.__cause__ or refusal)

    def read(self, job: Job[U]) -> None:
        """Run a query on the writer's own connection, unable to write: for a database in memory."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            self._connection.exec_driver_sql("PRAGMA query_only=ON")
            try:
                job.perform(self._make_unit(self._connection))
            finally:
                self._connection.exec_driver_sql("PRAGMA query_only=OFF")
                self._connection.rollback()
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            job.fail(error)

    def close(self) -> None:
        self.drop()

    def _together(self, jobs: Sequence[Job[U]]) -> bool:
        connection, raw = self.begin()
        try:
            for job in jobs:
                self.in_savepoint(job, connection, raw)
            self.commit(connection, raw)
        except BaseException:  # noqa: BLE001 - whoever is to blame will raise again when alone
            self.abandon()
            return False
        self.healthy = True
        return True

    def alone(self, job: Job[U]) -> None:
        connection, raw = self.begin()
        try:
            self.in_savepoint(job, connection, raw)
            self.commit(connection, raw)
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            job.fail(error)
        else:
            self.healthy = True
            return
        self.healthy = not isinstance(job.error, StoreDownError)
        self.abandon()

    def in_savepoint(self, job: Job[U], connection: Connection, raw: sqlite3.Connection) -> None:
        """Domain errors and broken constraints undo this job only; anything else is raised and ends the batch."""
        for once_more in (True, False):
            raw.execute("SAVEPOINT job")
            again = False
            try:
                job.perform(self._make_unit(connection))
            except WakeupError as error:
                job.fail(error)
            except IntegrityError as error:
                job.fail(error)
                again = once_more
            # After a full disk SQLite has rolled everything back by itself, and a new savepoint would silently start
            # afresh. The old one is gone then, so RELEASE and ROLLBACK TO raise.
            if job.error is None:
                raw.execute("RELEASE job")
                return
            raw.execute("ROLLBACK TO job")
            raw.execute("RELEASE job")
            if not again:
                return

    def begin(self) -> tuple[Connection, sqlite3.Connection]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            connection = self._connection
            connection.begin()
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("BEGIN IMMEDIATE")
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise NotBegunError from error
        return connection, raw

    def commit(self, connection: Connection, raw: sqlite3.Connection) -> None:
        raw.execute("COMMIT")
        connection.commit()
        self.healthy = True

    def abandon(self) -> None:
        """Back to nothing begun; a connection that cannot even roll back is given up."""
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

    def drop(self) -> None:
        """Give the connection up: nothing certain can be said of it."""
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
