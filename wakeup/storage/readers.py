"""Reads: one read-only transaction per query, on separate threads and connections."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any, Generic

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from wakeup.domain.errors import StoreDownError
from wakeup.storage.engine import LOOKERS
from wakeup.storage.hang_detector import HangDetector
from wakeup.storage.jobs import Job, U, as_told


class Readers(Generic[U]):
    """Runs queries in threads, on a read-only engine, and replaces dead connections.

    After a restart of the database every connection of the pool is dead, and each is found dead only when it is
    used.
    """

    def __init__(
        self, engine: Engine, make_unit: Callable[[Connection], U], count: int, looking: HangDetector | None = None
    ) -> None:
        """`count`: number of threads for `read`; those for `look` are reserved. `looking` shows whether one hangs."""
        self._engine = engine
        self._may_be_dead = engine.pool.size() if isinstance(engine.pool, QueuePool) else 1
        self._make_unit = make_unit
        self._readers = ThreadPoolExecutor(count, thread_name_prefix="store-reader")
        self._lookers = ThreadPoolExecutor(LOOKERS, thread_name_prefix="store-looker")
        self._looking = looking or HangDetector(LOOKERS)
        self._refusing = False

    async def read(self, job: Job[U]) -> Any:
        """Return the query's result, or raise its error as `as_told` converts it."""
        return await self._in(self._readers, self._answer, job)

    async def look(self, job: Job[U]) -> Any:
        """Do the same as `read`, without waiting for queries that take long."""
        return await self._in(self._lookers, self._answer_look, job)

    def refuse(self) -> None:
        """Accept no more queries: they raise StoreDownError. Those accepted before are still answered."""
        self._refusing = True

    def close(self) -> None:
        """Wait for the queries that were accepted, and end the threads. Blocks the calling thread."""
        self._readers.shutdown()
        self._lookers.shutdown()

    async def _in(self, threads: ThreadPoolExecutor, answer: Callable[[Job[U]], Any], job: Job[U]) -> Any:
        if self._refusing:
            raise StoreDownError("closed")
        return await asyncio.get_running_loop().run_in_executor(threads, answer, job)

    def _answer_look(self, job: Job[U]) -> Any:
        self._looking.begin(get_ident())
        try:
            return self._answer(job)
        finally:
            self._looking.end(get_ident())

    def _answer(self, job: Job[U]) -> Any:
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
