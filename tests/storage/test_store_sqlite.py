"""What only SQLite does: full disks, refused locks, a COMMIT that fails. All of it for real."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.storage.shelf import Shelf, Unit, names, put
from wakeup.domain.errors import StoreDownError
from wakeup.storage.engine import make_engine, make_engines
from wakeup.storage.jobs import Job
from wakeup.storage.reader import Reader
from wakeup.storage.sqlite_inline import InlineStore
from wakeup.storage.sqlite_loop import LoopStore
from wakeup.storage.sqlite_writer import SqliteWriter
from wakeup.storage.store import Crew, Store, ThreadedStore, publish_nothing

TIMES_MEGABYTE = 1 << 20


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    def add_bonds(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE bonds (name TEXT REFERENCES things (name))")

    shelf = Shelf("sqlite", f"sqlite:///{tmp_path / 'a.db'}")
    shelf.build(add_bonds)
    return shelf


def job(use_case: Callable[..., object], *args: object) -> Job[Unit]:
    return Job(use_case=use_case, args=args, kwargs={})


def shrink_the_disk(unit: Unit) -> None:
    pages = unit.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")


def grow_the_disk(unit: Unit) -> None:
    unit.connection.exec_driver_sql("PRAGMA max_page_count=1000000")


def swallow_a_full_disk(unit: Unit) -> None:
    """Whoever swallows the error must not be told that all went well."""
    try:
        put(unit, "x" * TIMES_MEGABYTE)
    except Exception as error:  # noqa: BLE001 - the misdeed under test
        assert "full" in str(error)  # noqa: PT017


def bind_to_nothing(unit: Unit) -> None:
    """Fails at COMMIT, not before."""
    unit.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    unit.connection.exec_driver_sql("INSERT INTO bonds VALUES ('nobody')")


@pytest.mark.parametrize("culprit", [lambda unit: put(unit, "x" * TIMES_MEGABYTE), swallow_a_full_disk])
def test_a_full_disk_fails_whoever_filled_it_and_nobody_else(shelf: Shelf, culprit: Callable[[Unit], object]) -> None:
    writer = SqliteWriter(make_engine(shelf.url), Unit)
    small = job(shrink_the_disk)
    writer.work([small])
    batch = [job(put, "a"), job(culprit), job(put, "c")]
    writer.work(batch)
    assert [entry.value for entry in batch] == ["a", None, "c"]
    assert isinstance(batch[1].error, StoreDownError)
    writer.work([job(grow_the_disk), job(put, "d")])
    read = job(names)
    writer.read(read)
    assert read.value == ["a", "c", "d"]
    assert writer.healthy
    writer.close()


def test_a_commit_that_fails_is_no_commit_and_the_others_are_run_again(shelf: Shelf) -> None:
    writer = SqliteWriter(make_engine(shelf.url), Unit)
    batch = [job(put, "a"), job(bind_to_nothing), job(put, "c")]
    writer.work(batch)
    assert [entry.value for entry in batch] == ["a", None, "c"]
    assert isinstance(batch[1].error, StoreDownError)
    assert "nobody" not in str(batch[1].error)
    with sqlite3.connect(shelf.url.removeprefix("sqlite:///")) as other:
        assert other.execute("SELECT name FROM things ORDER BY name").fetchall() == [("a",), ("c",)]
        assert other.execute("SELECT count(*) FROM bonds").fetchone() == (0,)
    other.close()
    writer.close()


def test_a_lock_held_elsewhere_fails_all_who_wait_at_once_and_passes(shelf: Shelf) -> None:
    writer = SqliteWriter(make_engine(shelf.url, busy_timeout_ms=1), Unit)
    other = sqlite3.connect(shelf.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    batch = [job(put, "a"), job(put, "b")]
    writer.work(batch)
    assert [type(entry.error) for entry in batch] == [StoreDownError, StoreDownError]
    assert "BUSY" in str(batch[0].error)
    assert not writer.healthy
    other.execute("ROLLBACK")
    other.close()
    writer.work(batch)
    assert [entry.answer() for entry in batch] == ["a", "b"]
    assert writer.healthy
    writer.close()


def test_a_batch_is_never_greater_than_its_limit_and_keeps_its_order(shelf: Shelf) -> None:
    sizes: list[int] = []

    async def story() -> None:
        store = LoopStore(
            make_engines(shelf.url, writers=1, readers=2),
            Unit,
            lambda woken: sizes.append(len(woken)),
            most_per_commit=8,
        )
        await asyncio.gather(*(store.run(put, f"{n:02}") for n in range(40)))
        await store.close()

    asyncio.run(story())
    assert sum(sizes) == 40
    assert max(sizes) == 8


def test_a_writer_outlives_whatever_happens_to_it(shelf: Shelf) -> None:
    faults = [MemoryError()]

    def work(jobs: list[Job[Unit]]) -> None:
        if faults:
            raise faults.pop()
        for entry in jobs:
            entry.value = "done"

    async def story() -> None:
        crew = Crew(
            writers=[work],
            most_at_once=1,
            read=Reader(make_engine(shelf.url), Unit).read,
            readers=1,
            release=lambda: None,
            is_healthy=lambda: True,
        )
        store = ThreadedStore(crew, publish_nothing)
        with pytest.raises(MemoryError):
            await store.run(put, "a")
        await store.run(put, "b")
        await store.close()

    asyncio.run(story())


def test_a_database_in_memory_is_served_inline() -> None:
    async def story(store: Store[Unit]) -> None:
        def build(unit: Unit) -> None:
            unit.connection.exec_driver_sql("CREATE TABLE things (name TEXT, size INTEGER)")

        await store.run(build)
        await store.run(put, "a")
        assert await store.read(names) == ["a"]

    def end(acts: Awaitable[None]) -> None:
        async def whole() -> None:
            await acts

        asyncio.run(whole())

    store = InlineStore(make_engine("sqlite://"), Unit)
    end(story(store))
    asyncio.run(store.close())


def test_the_file_is_durable_and_checks_foreign_keys(shelf: Shelf) -> None:
    engine = make_engine(shelf.url)
    with engine.connect() as connection:
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "query_only", "secure_delete")
        }
    engine.dispose()
    assert facts == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "query_only": 0, "secure_delete": 2}
