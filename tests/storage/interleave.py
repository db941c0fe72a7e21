"""Two use cases on two nodes of one PostgreSQL: the first is stopped before a statement of its own, and the second goes
on as far as it can. What one reads and then acts upon, the other may have changed in between.

Both run as the Store runs them, and are begun anew as there. Nothing here waits for a time to pass.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text

from tests.unit.desk import dependencies
from wakeup.storage.jobs import Job, no_pause
from wakeup.storage.pg_store import Health, PgWriter
from wakeup.storage.unit_of_work import SqlUnit

T = TypeVar("T")
Wish = Callable[[SqlUnit], object]
"""A use case with all it needs but its unit of work."""
Stop = Callable[[int, str], bool]
"""Whether the n-th statement, from 1, is the one before which to stop."""
PATIENCE_S = 20
DEPENDENCIES = dependencies()


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How two use cases passed each other."""

    first: object
    """Its answer, or its error."""
    second: object
    stopped: bool
    """The first came to the statement before which it was to stop."""
    waited: bool
    """The second had to wait for the first, and ended after it."""
    anew: int
    """So often one of them was begun anew: overtaken, or as the victim of a deadlock."""


def before(piece: str, times: int = 1) -> Stop:
    """Before the statement that speaks so, for the n-th time."""
    seen = 0

    def asks(_n: int, sql: str) -> bool:
        nonlocal seen
        seen += piece in " ".join(sql.split())
        return seen == times and piece in " ".join(sql.split())

    return asks


def meet(engine: Engine, first: Wish, second: Wish, stop: Stop) -> Met:
    """The first is stopped; the second runs to its end, or until it waits for the first; the first goes on."""
    gate, free = Gate(stop), Gate(lambda _n, _sql: False)
    with ThreadPoolExecutor(2) as threads:
        ahead = threads.submit(outcome, engine, first, gate)
        try:
            wait([gate.reached, ahead], PATIENCE_S, FIRST_COMPLETED)
            behind = threads.submit(outcome, engine, second, free)
            waited = not ahead.done() and _is_held_up(engine, gate.pid, behind)
        finally:
            gate.open()
        return Met(
            first=ahead.result(PATIENCE_S), second=behind.result(PATIENCE_S),
            stopped=gate.reached.done(), waited=waited, anew=gate.begun + free.begun - 2,
        )  # fmt: skip


def run(engine: Engine, wish: Callable[[SqlUnit], T]) -> T:
    """As a node runs it when nobody else is there. Raises what it raises."""
    found: Any = outcome(engine, wish)
    if isinstance(found, BaseException):
        raise found
    answer: T = found
    return answer


@dataclass(slots=True)
class Gate:
    """Closed once, and then open for good: a use case that begins anew is not stopped again."""

    stop: Stop
    pid: int = 0
    """The backend of whoever stands before it."""
    begun: int = 0
    """So often a use case came this way."""
    reached: Future[None] = field(default_factory=Future)
    _go: Future[None] = field(default_factory=Future)
    _n: int = 0

    def pass_by(self, sql: str) -> None:
        self._n += 1
        if not self.reached.done() and self.stop(self._n, sql):
            self.reached.set_result(None)
            self._go.result(PATIENCE_S)

    def open(self) -> None:
        self._go.set_result(None)


class Stopping:
    """A driver's cursor whose statements pass by a gate."""

    def __init__(self, cursor: Any, gate: Gate) -> None:
        self._cursor, self._gate = cursor, gate

    def execute(self, sql: str, values: Any) -> Any:
        self._gate.pass_by(sql)
        return self._cursor.execute(sql, values)

    def executemany(self, sql: str, values: Any) -> Any:
        self._gate.pass_by(sql)
        return self._cursor.executemany(sql, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def outcome(engine: Engine, wish: Wish, gate: Gate | None = None) -> object:
    """Its answer or its error, once its transaction is over."""

    def make(connection: Connection) -> SqlUnit:
        work = SqlUnit(connection, DEPENDENCIES)
        if gate is not None:
            gate.begun += 1
            gate.pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            work.link.cursor = Stopping(work.link.cursor, gate)
        return work

    writer, job = PgWriter(engine, make, no_pause, Health()), Job[SqlUnit](use_case=wish, args=(), kwargs={})
    try:
        writer.work(job)
    finally:
        writer.close()
    return job.value if job.error is None else job.error


def _is_held_up(engine: Engine, pid: int, behind: Future[object]) -> bool:
    """Whether they have come to wait for this backend. False when they ended without it."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))")
    # Each look by itself: within a transaction the list of backends stays as it was at the first one.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as eyes:
        while not behind.done():
            if eyes.scalar(asked, {"pid": pid}):
                return True
    return False
