"""Run two use cases on two nodes of one PostgreSQL: stop the first before one of its statements, and let the second
run as far as it can.

Such tests show whether the second use case can change what the first one has read and is about to act upon. Both
use cases run as the Store runs them, and are retried as there. Nothing here waits for a fixed time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, text

from tests.unit.desk import dependencies
from wakeup.storage.jobs import Job, no_pause
from wakeup.storage.pg_store import Health, PgWriter
from wakeup.storage.unit_of_work import SqlUnit

P = ParamSpec("P")
T = TypeVar("T")
Wish = Callable[[SqlUnit], object]
"""A use case with all its arguments except the unit of work."""
Stop = Callable[[int, str], bool]
"""True if the use case is to stop before the n-th statement (n starts at 1)."""
PATIENCE_S = 20
DEPENDENCIES = dependencies()


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The result of running two use cases against each other."""

    first: object
    """What the use case returned, or the error it raised."""
    second: object
    stopped: bool
    """True if the first use case reached the statement before which it was to stop."""
    waited: bool
    """True if the second use case had to wait for the first, and ended after it."""
    anew: int
    """How often either use case was retried, because it was overtaken or was the victim of a deadlock."""


def before(piece: str, times: int = 1) -> Stop:
    """Stop before the n-th statement (`times`) that contains `piece`."""
    seen = 0

    def asks(_n: int, sql: str) -> bool:
        nonlocal seen
        seen += piece in " ".join(sql.split())
        return seen == times and piece in " ".join(sql.split())

    return asks


def meet(engine: Engine, first: Wish, second: Wish, stop: Stop) -> Met:
    """Stop the first use case; run the second to its end, or until it waits for the first; then let the first go on."""
    gate, free = Gate(stop), Gate(lambda _n, _sql: False)
    with ThreadPoolExecutor(2) as threads:
        ahead = threads.submit(outcome, engine, first, gate)
        try:
            either: list[Future[Any]] = [gate.reached, ahead]
            wait(either, PATIENCE_S, FIRST_COMPLETED)
            behind = threads.submit(outcome, engine, second, free)
            waited = not ahead.done() and _is_held_up(engine, gate.pid, behind)
        finally:
            gate.open()
        return Met(
            first=ahead.result(PATIENCE_S), second=behind.result(PATIENCE_S),
            stopped=gate.reached.done(), waited=waited, anew=gate.begun + free.begun - 2,
        )  # fmt: skip


def run(engine: Engine, wish: Callable[Concatenate[SqlUnit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case as a node runs it when no other node is active. Raises what the use case raises."""
    found: Any = outcome(engine, lambda work: wish(work, *args, **kwargs))
    if isinstance(found, BaseException):
        raise found
    answer: T = found
    return answer


@dataclass(slots=True)
class Gate:
    """Stops a use case once and then stays open, so that a retry is not stopped again."""

    stop: Stop
    pid: int = 0
    """Process id of the PostgreSQL backend that runs the use case."""
    begun: int = 0
    """How often the use case was started."""
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
    """A driver's cursor whose statements pass through a gate."""

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
    """Return what the use case returned or the error it raised, once its transaction is over."""

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
    """True once a backend waits for the backend `pid`. False if the use case ended without waiting."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))")
    # Each query runs in its own transaction: within one transaction the list of backends stays as the first query saw
    # it.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as eyes:
        while not behind.done():
            if eyes.scalar(asked, {"pid": pid}):
                return True
    return False
