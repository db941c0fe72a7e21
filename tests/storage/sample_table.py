"""A table of things and the use cases that add to it, to test the Store with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from sqlalchemy import CheckConstraint, Column, Connection, Integer, MetaData, Table, Text, event, insert, select
from sqlalchemy.exc import ProgrammingError

from wakeup.domain.errors import DomainError
from wakeup.storage.engine import Engines, make_engine, make_engines
from wakeup.storage.open import open_store
from wakeup.storage.pg_store import PgStore
from wakeup.storage.publish import Publish, publish_nothing
from wakeup.usecases.store import Store

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("name", Text, primary_key=True),
    Column("size", Integer, CheckConstraint("size > 0", name="size_positive"), nullable=False),
)


@dataclass(slots=True)
class Unit:
    connection: Connection
    wakes: set[str] = field(default_factory=set)


def put(unit: Unit, name: str, size: int = 1) -> str:
    unit.connection.execute(insert(things).values(name=name, size=size))
    unit.wakes.add(name)
    return name


def put_then_refuse(unit: Unit, name: str) -> None:
    put(unit, name)
    raise DomainError


def put_then_break(unit: Unit, name: str) -> None:
    put(unit, name)
    raise LookupError("a bug")


def put_then_lose_all(unit: Unit, name: str) -> None:
    """Roll back the whole transaction unnoticed: on SQLite a full disk does this, on PostgreSQL any error."""
    put(unit, name)
    if unit.connection.dialect.name == "sqlite":
        unit.connection.connection.rollback()
    else:
        with suppress(ProgrammingError):
            unit.connection.exec_driver_sql("SELECT nonsense")


def add_bonds(connection: Connection) -> None:
    """A table for `fail_at_commit`."""
    connection.exec_driver_sql("CREATE TABLE bonds (name TEXT REFERENCES things (name) DEFERRABLE INITIALLY DEFERRED)")


def engines_with_bonds(url: str) -> Engines:
    """Engines whose SQLite checks foreign keys, which ours have none of."""
    engines = make_engines(url, writers=1, readers=1)
    event.listen(engines.writing, "connect", lambda driver, _record: driver.execute("PRAGMA foreign_keys=ON"))
    return engines


def fail_at_commit(unit: Unit) -> None:
    """Break a constraint that SQLite checks at COMMIT, and not before."""
    unit.connection.exec_driver_sql("INSERT INTO bonds VALUES ('nobody')")


def hold(unit: Unit, begun: Event, go_on: Event, name: str = "first") -> None:
    """Keep the writer busy until `go_on` is set, so that other use cases have to wait for the next batch."""
    put(unit, name)
    begun.set()
    assert go_on.wait(10)


def names(unit: Unit) -> list[str]:
    return list(unit.connection.scalars(select(things.c.name).order_by(things.c.name)))


async def others_start() -> None:
    """Run one turn of the event loop: every task created before runs up to its first wait."""
    loop = asyncio.get_running_loop()
    turn = loop.create_future()
    loop.call_soon(turn.set_result, None)
    await turn


@dataclass(frozen=True, slots=True)
class Repository:
    """One kind of database with an empty table in it."""

    kind: str
    url: str

    def store(self, publish: Publish = publish_nothing, *, writers: int = 4) -> Store[Unit]:
        if self.kind != "postgres":
            store = open_store(self.url, Unit, publish, inline=self.kind == "inline")
        else:
            store = PgStore(make_engines(self.url, writers=writers, readers=2), Unit, publish, writers=writers)
        return store

    def build(self, *more: Callable[[Connection], object]) -> None:
        engine = make_engine(self.url)
        with engine.begin() as connection:
            metadata.create_all(connection)
            for step in more:
                step(connection)
        engine.dispose()
