"""The Store on SQLite with a database that can be busy, full or broken, and a process that can die at a commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, NoReturn, Self

from wakeup.runtime.clock import pause
from wakeup.simulation.process import SimulatedProcess
from wakeup.storage.engine import make_engine
from wakeup.storage.publish import Publish
from wakeup.storage.sqlite_inline import InlineStore
from wakeup.storage.unit_of_work import MakeUnit, SqlUnit
from wakeup.usecases.store import Lane

WAIT_S = 0.004
"""Maximum time in seconds that a use case waits for its turn, and its result for the loop."""
CHANGES = ("INSERT", "UPDATE", "DELETE")


@dataclass(slots=True)
class DatabaseFaults:
    """The present faults of the database, the same for all nodes."""

    chances: dict[str, float] = field(default_factory=dict)
    slow_s: float = 0.0
    told: Counter[str] = field(default_factory=Counter)
    """How often a commit woke each name, on any node."""
    untold: int = 0
    """How often something was committed without its own node knowing."""
    struck: Counter[str] = field(default_factory=Counter)
    """How often each fault occurred."""


class NodeDatabaseFaults:
    """Database faults for one process of a node, and the commit at which the node dies."""

    def __init__(self, faults: DatabaseFaults, dice: Random, life: SimulatedProcess) -> None:
        self._faults, self._dice, self.life = faults, dice, life
        self.commits = 0
        self.dies_at_commit = 0
        self.commit_counts = False

    def strikes(self, kind: str) -> bool:
        """True if this fault occurs now."""
        chance = self._faults.chances.get(kind, 0.0)
        struck = chance > 0 and self._dice.random() < chance
        if struck:
            self._faults.struck[kind] += 1
        return struck

    def tells(self, names: frozenset[str]) -> None:
        """Record that a use case which wakes these names was committed."""
        self._faults.told.update(names)

    def never_tells(self) -> None:
        """Record a commit that only the database knows of."""
        self._faults.untold += 1

    def waits(self) -> float:
        return self._dice.uniform(0, WAIT_S + self._faults.slow_s)

    def dies_now(self) -> bool:
        self.commits += 1
        return self.commits == self.dies_at_commit


class Connection(sqlite3.Connection):
    """The driver's connection, with faults."""

    faults: NodeDatabaseFaults

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql == "COMMIT":
            return self._commit()
        if sql == "BEGIN IMMEDIATE" and self.faults.strikes("busy"):
            fail("SQLITE_BUSY", "database is locked")
        if sql == "PRAGMA synchronous=FULL":
            # Only processes die in a simulation, not machines.
            sql = "PRAGMA synchronous=OFF"
        return super().execute(sql, parameters)

    def cursor(self, factory: Any = None) -> Any:
        del factory
        cursor = super().cursor(Cursor)
        cursor.faults = self.faults
        return cursor

    def _commit(self) -> sqlite3.Cursor:
        faults = self.faults
        if faults.strikes("commit_fails"):
            super().execute("ROLLBACK")
            fail("SQLITE_IOERR_FSYNC", "disk I/O error")
        if faults.dies_now():
            done = super().execute("COMMIT" if faults.commit_counts else "ROLLBACK")
            faults.never_tells()
            faults.life.kill()
            return done
        done = super().execute("COMMIT")
        if faults.strikes("commit_unknown"):
            faults.never_tells()
            fail("SQLITE_IOERR_FSYNC", "disk I/O error")
        return done


class Cursor(sqlite3.Cursor):
    """The cursor that executes the use cases' statements, with faults."""

    faults: NodeDatabaseFaults

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if sql.startswith(CHANGES) and self.connection.in_transaction:
            if self.faults.strikes("full"):
                # SQLite undoes the whole transaction by itself.
                self.connection.execute("ROLLBACK")
                fail("SQLITE_FULL", "database or disk is full")
            if self.faults.strikes("broken"):
                fail("SQLITE_IOERR", "disk I/O error")
        super().execute(sql, parameters)
        return self


def fail(name: str, text: str) -> NoReturn:
    """Raise what the driver would raise."""
    error = sqlite3.OperationalError(text)
    error.sqlite_errorname = name
    error.sqlite_errorcode = getattr(sqlite3, name)
    raise error


def connect(faults: NodeDatabaseFaults, *args: Any, **kwargs: Any) -> Connection:
    connection = Connection(*args, **kwargs)
    connection.faults = faults
    return connection


class SimulatedStore(InlineStore[SqlUnit]):
    """A store in which other tasks may run before and after a transaction; within one there is no await."""

    def __init__(self, faults: NodeDatabaseFaults, url: str, make_unit: MakeUnit, publish: Publish) -> None:
        engine = make_engine(url, driver=partial(connect, faults))
        super().__init__(engine, make_unit, self._tell)
        self._faults, self._wake = faults, publish

    def _tell(self, names: frozenset[str]) -> None:
        self._faults.tells(names)
        self._wake(names)

    async def _submit(
        self, use_case: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], lane: Lane
    ) -> Any:
        await pause(self._faults.waits())
        try:
            answer = await super()._submit(use_case, args, kwargs, lane)
        except Exception:
            await self._dead_or_go_on()
            raise
        await self._dead_or_go_on()
        return answer

    async def _dead_or_go_on(self) -> None:
        if self._faults.life.dead:
            await asyncio.get_running_loop().create_future()
