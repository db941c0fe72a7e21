"""The Store on PostgreSQL: a few threads, one transaction per use case. Knows no table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from wakeup.domain.errors import LockedError, OvertakenError, StoreDownError
from wakeup.storage.engine import Engines
from wakeup.storage.jobs import WORTH_ANOTHER_TRY, Job, Pause, U, code_of, no_pause, probe
from wakeup.storage.reader import Reader
from wakeup.storage.store import Crew, Publish, Store, ThreadedStore, publish_nothing

TRIES = 5
WRITERS = 4
READERS = 2


class _AgainError(Exception):
    """Certainly not committed, and the reason may pass."""


@dataclass(slots=True)
class Health:
    """Of the database as its writers saw it last."""

    good: bool = True


class PgWriter(Generic[U]):
    """One thread's connection, kept between use cases."""

    def __init__(self, engine: Engine, make_unit: Callable[[Connection], U], pause: Pause, health: Health) -> None:
        self._engine = engine
        self._make_unit = make_unit
        self._pause = pause
        self._connection: Connection | None = None
        self._health = health

    def work(self, jobs: list[Job[U]]) -> None:
        """Give every job its answer."""
        for job in jobs:
            for number in range(1, TRIES + 1):
                try:
                    self._once(job)
                except _AgainError as passing:
                    job.fail(passing.__cause__ or passing)
                    self._pause(number)
                else:
                    break
            self._health.good = isinstance(job.error, LockedError) or not isinstance(job.error, StoreDownError)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _once(self, job: Job[U]) -> None:
        try:
            connection = self._connect()
        except SQLAlchemyError as error:
            job.fail(error)
            return
        committing = False
        try:
            connection.begin()
            if job.use_case is probe:
                connection.exec_driver_sql("SELECT 1")
            job.perform(self._make_unit(connection))
            _check_unbroken(connection)
            committing = True
            connection.commit()
        except OvertakenError as error:
            self._give_up(connection)
            raise _AgainError from error
        except DBAPIError as error:
            self._give_up(connection)
            if _may_pass(error, committing=committing):
                raise _AgainError from error
            job.fail(error)
        except BaseException as error:  # noqa: BLE001 - it is the caller's
            self._give_up(connection)
            job.fail(error)

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _give_up(self, connection: Connection) -> None:
        """Roll back; a connection that cannot is replaced."""
        try:
            if not connection.invalidated:
                connection.rollback()
                return
        except SQLAlchemyError:
            connection.invalidate()
        self._connection = None
        connection.close()


def pg_store(
    engines: Engines,
    make_unit: Callable[[Connection], U],
    publish: Publish = publish_nothing,
    *,
    pause: Pause = no_pause,
    writers: int = WRITERS,
) -> Store[U]:
    """A Store on PostgreSQL."""
    health = Health()
    own = [PgWriter(engines.writing, make_unit, pause, health) for _ in range(writers)]

    def release() -> None:
        for writer in own:
            writer.close()
        engines.writing.dispose()
        engines.reading.dispose()

    crew = Crew(
        writers=[writer.work for writer in own],
        most_at_once=1,
        read=Reader(engines.reading, make_unit).read,
        readers=READERS,
        release=release,
        is_healthy=lambda: health.good,
    )
    return ThreadedStore(crew, publish)


def _check_unbroken(connection: Connection) -> None:
    """COMMIT of a transaction that failed under way is silently a ROLLBACK: a swallowed error must not look done."""
    raw = connection.connection.driver_connection
    assert raw is not None
    if raw.info.transaction_status is TransactionStatus.INERROR:
        raise StoreDownError("transaction lost")


def _may_pass(error: DBAPIError, *, committing: bool) -> bool:
    if code_of(error) in WORTH_ANOTHER_TRY:
        return True
    # A connection lost before COMMIT was sent rolled back for certain; lost while committing, nobody knows.
    return error.connection_invalidated and not committing
