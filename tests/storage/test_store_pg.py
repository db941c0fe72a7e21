"""What only PostgreSQL does: races between writers, and connections cut at the worst moment. Nothing is simulated."""

from __future__ import annotations

import asyncio
from threading import Barrier, Event

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, func, make_url, select, text
from sqlmodel import SQLModel

from tests.storage.postgres import PostgresServer
from tests.storage.sample_table import Repository, Unit, names, put, things
from tests.unit.builders import T0
from tests.unit.desk import dependencies, wait
from wakeup.domain.errors import ConstraintError, LockedError, OvertakenError, StoreDownError
from wakeup.storage.engine import LOOKERS, make_engine, make_engines
from wakeup.storage.jobs import Job
from wakeup.storage.pg_store import READERS, TRIES, WRITERS, PgStore, PgWriter
from wakeup.storage.unit_of_work import SqlUnit, unit_maker
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.queries import decision_in_force

CUT_AT_COMMIT = """
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name = 'cut' THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;
    RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut();
"""


def cut_own_line(unit: Unit) -> None:
    unit.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def repository(postgres_url: str) -> Repository:
    def add_trigger(connection: Connection) -> None:
        connection.execute(text(CUT_AT_COMMIT))

    repository = Repository("postgres", postgres_url)
    repository.build(add_trigger)
    return repository


def test_a_use_case_that_was_overtaken_is_run_again(repository: Repository) -> None:
    tries: list[int] = []

    def put_at_the_second_try(unit: Unit) -> str:
        tries.append(len(tries))
        put(unit, f"try {tries[-1]}")
        if tries[-1] == 0:
            raise OvertakenError
        return "put"

    def always_overtaken(unit: Unit) -> None:
        put(unit, "never")
        raise OvertakenError

    async def story() -> None:
        store = repository.store()
        assert await store.run(put_at_the_second_try) == "put"
        with pytest.raises(OvertakenError):
            await store.run(always_overtaken)
        assert store.healthy, "the database is well"
        assert await store.read(names) == ["try 1"], "what the first try wrote is undone"
        await store.close()

    asyncio.run(story())


def test_two_use_cases_that_add_the_same_row_at_once_leave_one(repository: Repository) -> None:
    together = Barrier(2)
    tries: list[str] = []

    def find_or_put(unit: Unit, who: str) -> str:
        found = unit.connection.scalar(select(things.c.name).where(things.c.name == "one"))
        tries.append(who)
        if tries.count(who) == 1:
            together.wait(10)
        return "found" if found else put(unit, "one") and "made"

    async def story() -> None:
        store = repository.store()
        answers = await asyncio.gather(store.run(find_or_put, "anna"), store.run(find_or_put, "ben"))
        assert sorted(answers) == ["found", "made"]
        assert len(tries) == 3
        assert await store.read(names) == ["one"]
        await store.close()

    asyncio.run(story())


def test_a_serialization_failure_is_run_again(repository: Repository) -> None:
    together = Barrier(2)
    tries: list[str] = []
    one_is_through = Event()

    def put_one_more(unit: Unit, who: str) -> None:
        unit.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        count = unit.connection.scalar(select(func.count()).select_from(things)) or 0
        tries.append(who)
        if tries.count(who) == 1:
            together.wait(10)
        put(unit, f"{who} came as number {count + 1}")

    async def story() -> None:
        store = PgStore(
            make_engines(repository.url, writers=4, readers=2),
            Unit,
            pause=lambda _: one_is_through.wait(10),
        )
        acts = [asyncio.ensure_future(store.run(put_one_more, who)) for who in "ab"]
        await asyncio.wait(acts, return_when=asyncio.FIRST_COMPLETED)
        one_is_through.set()
        await asyncio.gather(*acts)
        assert sorted(name[-1] for name in await store.read(names)) == ["1", "2"]
        await store.close()

    asyncio.run(story())
    assert len(tries) == 3


def test_a_use_case_that_never_passes_is_given_up_after_some_tries_with_pauses(repository: Repository) -> None:
    pauses: list[int] = []

    async def story() -> None:
        store = PgStore(make_engines(repository.url, writers=4, readers=2), Unit, pause=pauses.append)
        await store.run(put, "a")
        with pytest.raises(ConstraintError) as refused:
            await store.run(put, "a")
        assert refused.value.rule == "things_pkey"
        await store.close()

    asyncio.run(story())
    assert pauses == [*range(1, TRIES + 1)]


def test_a_line_cut_before_commit_is_replaced_unnoticed(repository: Repository) -> None:
    tries: list[int] = []

    def put_over_a_bad_line(unit: Unit) -> str:
        tries.append(1)
        put(unit, "a")
        if len(tries) == 1:
            cut_own_line(unit)
        return put(unit, "b")

    async def story() -> None:
        store = repository.store(writers=1)
        await store.run(put, "before")
        assert await store.run(put_over_a_bad_line) == "b"
        assert await store.read(names) == ["a", "b", "before"]
        assert store.healthy
        await store.close()

    asyncio.run(story())


def test_a_line_cut_while_committing_counts_as_failure(repository: Repository) -> None:
    woken: list[frozenset[str]] = []
    tries: list[int] = []

    def put_once(unit: Unit, name: str) -> None:
        tries.append(1)
        put(unit, name)

    async def story() -> None:
        store = repository.store(woken.append, writers=1)
        with pytest.raises(StoreDownError):
            await store.run(put_once, "cut")
        assert len(tries) == 1
        assert not store.healthy
        assert woken == []
        assert await store.run(put, "after") == "after"
        assert store.healthy
        assert await store.read(names) == ["after"]
        await store.close()

    asyncio.run(story())


def test_a_reader_whose_line_was_cut_reads_on(repository: Repository) -> None:
    tries: list[int] = []

    def read_over_a_bad_line(unit: Unit) -> list[str]:
        tries.append(1)
        if len(tries) == 1:
            cut_own_line(unit)
        return names(unit)

    async def story() -> None:
        store = repository.store()
        await store.run(put, "a")
        assert await store.read(read_over_a_bad_line) == ["a"]
        await store.close()

    asyncio.run(story())
    assert len(tries) == 2


def test_a_database_away_is_told_at_once(repository: Repository) -> None:
    async def story() -> None:
        nowhere = repository.url.rpartition("?")[0] + "?host=/nonexistent"
        store = PgStore(make_engines(nowhere, writers=4, readers=2), Unit)
        with pytest.raises(StoreDownError):
            await store.ping()
        with pytest.raises(StoreDownError):
            await store.read(names)
        assert not store.healthy
        await store.close()

    asyncio.run(story())


def test_a_writer_outlives_whatever_happens_to_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    faults, work = [MemoryError()], PgWriter[Unit].work

    def fail_once(writer: PgWriter[Unit], job: Job[Unit]) -> None:
        if faults:
            raise faults.pop()
        work(writer, job)

    async def story() -> None:
        store = repository.store(writers=1)
        with pytest.raises(MemoryError):
            await store.run(put, "a")
        await store.run(put, "b")
        assert await store.read(names) == ["b"]
        await store.close()

    monkeypatch.setattr(PgWriter, "work", fail_once)
    asyncio.run(story())


def takes(repository: Repository, *, writes: bool) -> None:
    """New connections may write, or only read."""
    url = make_url(repository.url)
    with psycopg.connect(
        host=str(url.query["host"]), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        switch = "ALTER DATABASE {} SET default_transaction_read_only = " + ("off" if writes else "on")
        connection.execute(sql.SQL(switch).format(sql.Identifier(url.database or "")))


def test_a_server_that_takes_no_more_is_not_good_for_answering_questions(repository: Repository) -> None:
    async def story() -> None:
        store = repository.store(writers=1)
        takes(repository, writes=False)
        with pytest.raises(StoreDownError, match="25006"):
            await store.ping()
        with pytest.raises(StoreDownError, match="25006"):
            await store.run(put, "a")
        assert await store.run(names) == []
        assert not store.healthy, "a question shows nothing"
        with pytest.raises(StoreDownError, match="25006"):
            await store.ping()
        takes(repository, writes=True)
        assert await store.run(names) == []
        assert not store.healthy
        await store.ping()
        assert store.healthy, "the probe has written"
        await store.close()

    asyncio.run(story())


def test_one_writers_success_makes_the_store_healthy_again(repository: Repository) -> None:
    both_at_work = Barrier(2)

    def meet(unit: Unit, name: str) -> None:
        put(unit, name)
        both_at_work.wait(10)

    async def story() -> None:
        store = repository.store(writers=2)
        cut, kept = store.run(meet, "cut"), store.run(meet, "kept")
        await asyncio.gather(cut, kept, return_exceptions=True)
        await store.run(put, "after")
        assert store.healthy
        assert await store.read(names) == ["after", "kept"]
        await store.close()

    asyncio.run(story())


def test_many_writers_lose_nothing(repository: Repository) -> None:
    def grow(unit: Unit) -> int:
        size = unit.connection.scalar(select(things.c.size).where(things.c.name == "tree").with_for_update()) or 0
        unit.connection.execute(things.update().values(size=size + 1))
        return size

    async def story() -> None:
        store = repository.store()
        await store.run(put, "tree", 1)
        sizes = await asyncio.gather(*(store.run(grow) for _ in range(64)))
        assert sorted(sizes) == [*range(1, 65)]
        await store.close()

    asyncio.run(story())


def test_a_commit_is_on_the_disk_whatever_the_server_is_set_to(repository: Repository) -> None:
    def how(unit: Unit) -> str:
        return str(unit.connection.exec_driver_sql("SHOW synchronous_commit").scalar())

    async def story() -> None:
        with psycopg.connect(repository.url.replace("+psycopg", ""), autocommit=True) as admin:
            name = sql.Identifier(admin.info.dbname)
            admin.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
        store = repository.store()
        assert await store.run(how) == "on"
        await store.close()

    asyncio.run(story())


def test_a_lock_that_another_holds_too_long_is_not_taken_for_a_database_away(repository: Repository) -> None:
    def give_up_soon(unit: Unit) -> None:
        unit.connection.exec_driver_sql("SET LOCAL lock_timeout = '1ms'")
        unit.connection.execute(select(things).with_for_update())

    def refuse_at_once(unit: Unit) -> None:
        unit.connection.execute(select(things).with_for_update(nowait=True))

    async def story() -> None:
        store, begun, go_on = repository.store(writers=2), Event(), Event()
        await store.run(put, "a")

        def keep(unit: Unit) -> None:
            unit.connection.execute(select(things).with_for_update())
            begun.set()
            assert go_on.wait(10)

        kept = asyncio.ensure_future(store.run(keep))
        await asyncio.to_thread(begun.wait, 10)
        for impatient in (give_up_soon, refuse_at_once):
            with pytest.raises(LockedError):
                await store.run(impatient)
            assert store.healthy
        go_on.set()
        await kept
        await store.close()

    asyncio.run(story())


def test_after_a_restart_of_the_database_no_read_meets_a_dead_connection(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """Repositories bypass SQLAlchemy's own check of connections, so each dead connection of the pool must be
    detected alone.
    """
    engine = make_engine(postgres_url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()

    async def story() -> None:
        store = PgStore(make_engines(postgres_url, writers=WRITERS, readers=READERS), unit_maker(dependencies()))
        opened = await store.run(open_case, wait(1), T0)
        together = Barrier(READERS)
        await asyncio.gather(*(store.read(lambda _: together.wait(10)) for _ in range(READERS)), store.look(nothing))
        database = postgres_url.rsplit("/", maxsplit=1)[-1].split("?", maxsplit=1)[0]
        with psycopg.connect(host=postgres_server.socket_folder, user="postgres", autocommit=True) as root:
            root.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (database,))
        for _ in range(READERS + LOOKERS):
            assert (await store.read(decision_in_force, opened.transfer_id)) is not None
        await store.close()

    asyncio.run(story())


def nothing(_unit: SqlUnit) -> None:
    """The connection of this read is in the pool from then on."""
