"""Reads: one read-only transaction per query, on separate connections."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Generic

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from wakeup.storage.jobs import Job, U, as_told


class Reader(Generic[U]):
    """Runs queries on a read-only engine and replaces dead connections.

    After a restart of the database every connection of the pool is dead, and each is found dead only when it is
    used.
    """

    def __init__(self, engine: Engine, make_unit: Callable[[Connection], U]) -> None:
        self._engine = engine
        self._may_be_dead = engine.pool.size() if isinstance(engine.pool, QueuePool) else 1
        self._make_unit = make_unit

    def read(self, job: Job[U]) -> Any:
        """Return the query's result, or raise its error as `as_told` converts it."""
        try:
            for _ in range(self._may_be_dead):
                try:
                    return self._once(job)
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
            return self._once(job)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise as_told(error) from None

    def _once(self, job: Job[U]) -> Any:
        with self._engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            job.perform(self._make_unit(connection))
            return job.value
