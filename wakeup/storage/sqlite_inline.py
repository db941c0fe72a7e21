"""The Store on SQLite without any thread: for virtual time, and for a database in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from wakeup.domain.errors import StoreDownError
from wakeup.storage.jobs import Job, U
from wakeup.storage.publish import Publish, publish_nothing
from wakeup.storage.sqlite_writer import NotBegunError, SqliteWriter
from wakeup.usecases.store import Lane, Store


class InlineStore(Store[U]):
    """Follows the same rules without a thread: each use case runs and commits before `run` yields. For virtual
    time.

    Reads share the connection, so a database in memory works as well.
    """

    def __init__(
        self,
        engine: Engine,
        make_unit: Callable[[Connection], U],
        publish: Publish = publish_nothing,
    ) -> None:
        self._engine = engine
        self._make_unit = make_unit
        self._publish = publish
        self._writer = SqliteWriter(engine, make_unit)
        self._closed = False

    @property
    def healthy(self) -> bool:
        return self._writer.healthy

    @property
    def waiting(self) -> dict[Lane, int]:
        return dict.fromkeys(Lane, 0)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._writer.close()
            self._engine.dispose()

    async def _submit(
        self,
        use_case: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        lane: Lane,  # noqa: ARG002 - nothing ever waits here
    ) -> Any:
        self._check_open()
        job: Job[U] = Job(use_case=use_case, args=args, kwargs=kwargs)
        try:
            self._writer.alone(job)
        except NotBegunError as refusal:
            self._writer.refuse([job], refusal)
        if job.wakes:
            self._publish(frozenset(job.wakes))
        return job.answer()

    async def _read(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._check_open()
        job: Job[U] = Job(use_case=query, args=args, kwargs=kwargs)
        self._writer.read(job)
        return job.answer()

    _look = _read

    def _check_open(self) -> None:
        if self._closed:
            raise StoreDownError("closed")
