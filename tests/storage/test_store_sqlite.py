"""What only SQLite does: full disks, refused locks, a COMMIT that fails. Nothing is simulated."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.storage.sample_table import (
    Repository,
    Unit,
    add_bonds,
    engines_with_bonds,
    fail_at_commit,
    names,
    others_start,
    put,
)
from wakeup.domain.errors import ConflictError, StoreDownError
from wakeup.storage.engine import Engines, make_engine, make_engines
from wakeup.storage.sqlite_inline import InlineStore
from wakeup.storage.sqlite_loop import LoopStore
from wakeup.usecases.store import Store

TIMES_MEGABYTE = 1 << 20


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository("sqlite", f"sqlite:///{tmp_path / 'a.db'}")
    repository.build(add_bonds)
    return repository


def shrink_the_disk(unit: Unit) -> None:
    pages = unit.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")


def grow_the_disk(unit: Unit) -> None:
    unit.connection.exec_driver_sql("PRAGMA max_page_count=1000000")


def swallow_a_full_disk(unit: Unit) -> None:
    """A use case that swallows the error must not be reported as successful."""
    try:
        put(unit, "x" * TIMES_MEGABYTE)
    except Exception as error:  # noqa: BLE001 - the misdeed under test
        assert "full" in str(error)  # noqa: PT017


async def all_at_once(store: Store[Unit], *use_cases: Callable[[Unit], object]) -> list[object]:
    """Run the use cases in one batch. Return what each returned or raised."""
    return list(await asyncio.gather(*(store.run(one) for one in use_cases), return_exceptions=True))


def add(name: str) -> Callable[[Unit], object]:
    return lambda unit: put(unit, name)


@pytest.mark.parametrize("culprit", [add("x" * TIMES_MEGABYTE), swallow_a_full_disk])
def test_a_full_disk_fails_the_use_case_that_filled_it_and_no_other(
    repository: Repository, culprit: Callable[[Unit], object]
) -> None:
    async def story() -> None:
        store = LoopStore(make_engines(repository.url, writers=1, readers=1), Unit)
        await store.run(shrink_the_disk)
        answers = await all_at_once(store, add("a"), culprit, add("c"))
        assert (answers[0], answers[2]) == ("a", "c")
        assert isinstance(answers[1], StoreDownError)
        await all_at_once(store, grow_the_disk, add("d"))
        assert await store.read(names) == ["a", "c", "d"]
        assert store.healthy
        await store.close()

    asyncio.run(story())


@contextmanager
def full(file: str) -> Iterator[None]:
    """The database file cannot grow any more."""
    size = Path(file).stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_probe_fails_on_a_full_disk_and_a_use_case_that_writes_nothing_heals_nothing(
    repository: Repository,
) -> None:
    async def story() -> None:
        store = LoopStore(make_engines(repository.url, writers=1, readers=1), Unit)
        await store.run(put, "x" * TIMES_MEGABYTE)
        with full(repository.url.removeprefix("sqlite:///") + "-wal"):
            [answer] = await all_at_once(store, add("y" * TIMES_MEGABYTE))
            assert isinstance(answer, StoreDownError)
            assert not store.healthy
            await store.run(lambda _: None)
            assert not store.healthy
            with pytest.raises(StoreDownError):
                await store.ping()
            assert not store.healthy
        await store.ping()
        assert store.healthy
        await store.close()

    asyncio.run(story())


def test_a_probe_changes_nothing(repository: Repository) -> None:
    async def story() -> None:
        store = LoopStore(make_engines(repository.url, writers=1, readers=1), Unit)
        await store.run(lambda unit: unit.connection.exec_driver_sql("PRAGMA user_version = 7"))
        await store.ping()
        assert await store.read(lambda unit: unit.connection.exec_driver_sql("PRAGMA user_version").scalar()) == 7
        await store.close()

    asyncio.run(story())


def test_a_commit_that_fails_is_no_commit_and_the_others_are_run_again(repository: Repository) -> None:
    async def story() -> None:
        store = LoopStore(engines_with_bonds(repository.url), Unit)
        answers = await all_at_once(store, add("a"), fail_at_commit, add("c"))
        assert (answers[0], answers[2]) == ("a", "c")
        assert isinstance(answers[1], StoreDownError)
        assert "nobody" not in str(answers[1])
        await store.close()

    asyncio.run(story())
    with sqlite3.connect(repository.url.removeprefix("sqlite:///")) as other:
        assert other.execute("SELECT name FROM things ORDER BY name").fetchall() == [("a",), ("c",)]
        assert other.execute("SELECT count(*) FROM bonds").fetchone() == (0,)
    other.close()


def test_a_use_case_that_fails_after_writing_is_undone_and_the_others_run_again_once(repository: Repository) -> None:
    tries: list[str] = []

    def count(unit: Unit) -> str:
        tries.append("a")
        return put(unit, f"a{len(tries)}")

    def regret(unit: Unit) -> None:
        put(unit, "b")
        raise ConflictError("name", "on second thoughts")

    def refuse(_: Unit) -> None:
        raise ConflictError("name", "never")

    async def story() -> None:
        store = LoopStore(make_engines(repository.url, writers=1, readers=1), Unit)
        answers = await all_at_once(store, count, refuse, add("c"))
        assert ([answers[0], answers[2]], type(answers[1])) == (["a1", "c"], ConflictError)
        assert tries == ["a"]
        answers = await all_at_once(store, count, regret, add("e"))
        assert ([answers[0], answers[2]], type(answers[1])) == (["a3", "e"], ConflictError)
        assert tries == ["a", "a", "a"]
        assert await store.read(names) == ["a1", "a3", "c", "e"]
        await store.close()

    asyncio.run(story())


def test_a_lock_held_elsewhere_fails_all_waiting_use_cases_at_once_and_passes(repository: Repository) -> None:
    async def story() -> None:
        writing, reading = (make_engine(repository.url, busy_timeout_ms=1, read_only=ro) for ro in (False, True))
        store = LoopStore(Engines(writing, reading), Unit)
        other = sqlite3.connect(repository.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answers = await all_at_once(store, add("a"), add("b"))
        assert [type(answer) for answer in answers] == [StoreDownError, StoreDownError]
        assert "BUSY" in str(answers[0])
        assert not store.healthy
        other.execute("ROLLBACK")
        other.close()
        assert await all_at_once(store, add("a"), add("b")) == ["a", "b"]
        assert store.healthy
        await store.close()

    asyncio.run(story())


def test_a_lock_that_comes_while_each_runs_alone_leaves_no_use_case_waiting(repository: Repository) -> None:
    other = sqlite3.connect(repository.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)

    def break_and_lock(unit: Unit) -> None:
        """A bug ends the batch, and another connection takes the lock before the use cases are run one by one."""
        unit.connection.connection.rollback()
        other.execute("BEGIN IMMEDIATE")
        raise LookupError("a bug")

    async def story() -> None:
        writing, reading = (make_engine(repository.url, busy_timeout_ms=1, read_only=ro) for ro in (False, True))
        store = LoopStore(Engines(writing, reading), Unit, most_per_commit=2)
        answers = await asyncio.wait_for(all_at_once(store, add("a"), break_and_lock, add("c"), add("d")), 20)
        assert [type(answer) for answer in answers] == [StoreDownError] * 4
        other.execute("ROLLBACK")
        other.close()
        assert await store.run(put, "e") == "e"
        await store.close()

    asyncio.run(story())


def test_a_close_that_is_given_up_or_a_wake_that_fails_ends_no_use_case(repository: Repository) -> None:
    told: list[dict[str, object]] = []

    def wake(_names: frozenset[str]) -> None:
        raise LookupError("nobody there")

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        store = LoopStore(make_engines(repository.url, writers=1, readers=1), Unit, wake, most_per_commit=2)
        waiting = [asyncio.ensure_future(store.run(put, f"{n:02}")) for n in range(20)]
        await others_start()
        impatient = asyncio.ensure_future(store.close())
        await others_start()
        impatient.cancel()
        assert await asyncio.gather(*waiting) == [f"{n:02}" for n in range(20)]

    asyncio.run(story())
    assert {str(context["message"]) for context in told} == {"waking others failed"}


def test_a_loop_that_ends_without_closing_leaves_no_use_case_waiting(repository: Repository) -> None:
    async def story() -> None:
        store = LoopStore(make_engines(repository.url, writers=1, readers=1), Unit)
        waiting = [asyncio.ensure_future(store.run(put, f"{n:02}")) for n in range(20)]
        await others_start()
        assert store._pump is not None
        store._pump.cancel()
        answers = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)
        assert {type(answer) for answer in answers} <= {StoreDownError, str}
        assert await store.run(put, "later") == "later"
        await store.close()

    asyncio.run(story())


def test_a_batch_is_never_greater_than_its_limit_and_keeps_its_order(repository: Repository) -> None:
    sizes: list[int] = []

    async def story() -> None:
        store = LoopStore(
            make_engines(repository.url, writers=1, readers=2),
            Unit,
            lambda woken: sizes.append(len(woken)),
            most_per_commit=8,
        )
        await asyncio.gather(*(store.run(put, f"{n:02}") for n in range(40)))
        await store.close()

    asyncio.run(story())
    assert sum(sizes) == 40
    assert max(sizes) == 8


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


def test_the_file_is_durable(repository: Repository) -> None:
    engine = make_engine(repository.url)
    with engine.connect() as connection:
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "query_only", "secure_delete")
        }
    engine.dispose()
    assert facts == {"journal_mode": "wal", "synchronous": 2, "query_only": 0, "secure_delete": 1}
