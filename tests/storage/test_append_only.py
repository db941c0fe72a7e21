"""Append-only tables refuse every change of what was written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection

from wakeup.domain.errors import ConstraintError
from wakeup.storage.append_only import append_only_triggers, drop_append_only_triggers
from wakeup.storage.engine import make_engine
from wakeup.storage.open import open_store


@dataclass
class Unit:
    connection: Connection
    wakes: set[str] = field(default_factory=set)


def act(unit: Unit, statement: str) -> int:
    return unit.connection.exec_driver_sql(statement).rowcount


def count(unit: Unit) -> list[str]:
    return [row[0] for row in unit.connection.exec_driver_sql("SELECT word FROM diary ORDER BY n")]


def test_rows_can_be_added_and_nothing_else(database_url: str) -> None:
    engine = make_engine(database_url)
    dialect = engine.dialect.name
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE diary (n INTEGER PRIMARY KEY, word TEXT)")
        for statement in append_only_triggers(dialect, "diary"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    tricks = ["UPDATE diary SET word = 'z'", "DELETE FROM diary WHERE n = 1"]
    tricks += (
        ["INSERT OR REPLACE INTO diary VALUES (1, 'z')", "UPDATE OR IGNORE diary SET word = 'z'"]
        if dialect == "sqlite"
        else ["TRUNCATE diary", "INSERT INTO diary VALUES (1, 'z') ON CONFLICT (n) DO UPDATE SET word = 'z'"]
    )

    async def story() -> None:
        store = open_store(database_url, Unit)
        await store.run(act, "INSERT INTO diary VALUES (1, 'a')")
        await store.run(act, "INSERT INTO diary VALUES (2, 'b')")
        for trick in tricks:
            with pytest.raises(ConstraintError) as refusal:
                await store.run(act, trick)
            assert "diary" in refusal.value.rule
        assert await store.read(count) == ["a", "b"]
        for statement in drop_append_only_triggers(dialect, "diary"):
            await store.run(act, statement)
        await store.run(act, "DELETE FROM diary")
        assert await store.read(count) == []
        await store.close()

    asyncio.run(story())


def test_a_column_left_out_may_be_filled_in_later(database_url: str) -> None:
    engine = make_engine(database_url)
    dialect = engine.dialect.name
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE diary (n INTEGER PRIMARY KEY, word TEXT, page INTEGER)")
        for statement in append_only_triggers(dialect, "diary", ("n", "word")):
            connection.exec_driver_sql(statement)
    engine.dispose()

    async def story() -> None:
        store = open_store(database_url, Unit)
        await store.run(act, "INSERT INTO diary (n, word) VALUES (1, 'a')")
        assert await store.run(act, "UPDATE diary SET page = 7") == 1
        for trick in ("UPDATE diary SET word = 'z'", "UPDATE diary SET page = 8, n = 2", "DELETE FROM diary"):
            with pytest.raises(ConstraintError):
                await store.run(act, trick)
        assert await store.read(count) == ["a"]
        await store.close()

    asyncio.run(story())


@pytest.mark.parametrize("table", ["diary; DROP TABLE diary", "", "Diary", "d-x"])
def test_only_a_plain_name_becomes_sql(table: str) -> None:
    for make in (append_only_triggers, drop_append_only_triggers):
        with pytest.raises(ValueError, match="table name"):
            make("sqlite", table)
