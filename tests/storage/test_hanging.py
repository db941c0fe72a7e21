"""A database that hangs: it neither answers nor ends the connection, so no error says so. Here a use case hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event

import pytest
import structlog

from tests.storage.sample_table import Repository, Unit, names, put
from wakeup.domain.errors import StoreDownError
from wakeup.runtime.store_watch import StoreWatch
from wakeup.storage.engine import make_engines
from wakeup.storage.hang_detector import HANGS_AFTER_S
from wakeup.storage.pg_store import CLOSE_S, PgStore
from wakeup.usecases.store import Lane


@pytest.fixture
def repository(postgres_url: str) -> Repository:
    repository = Repository("postgres", postgres_url)
    repository.build()
    return repository


class Hanging:
    """A Store with two writers whose clock stands still, and use cases that hang until they may go on."""

    def __init__(self, repository: Repository, patience_s: float = HANGS_AFTER_S, close_s: float = CLOSE_S) -> None:
        self.now, self.go_on = 0.0, Event()
        engines = make_engines(repository.url, writers=2, readers=2)
        self.store = PgStore(engines, Unit, writers=2, clock=lambda: self.now, patience_s=patience_s, close_s=close_s)
        self._hung: list[asyncio.Future[str]] = []

    async def hangs(self, name: str) -> None:
        """Let one more writer hang."""
        begun = Event()

        def hang(unit: Unit) -> str:
            begun.set()
            assert self.go_on.wait(10)
            return put(unit, name)

        self._hung.append(asyncio.ensure_future(self.store.run(hang)))
        await asyncio.to_thread(begun.wait, 10)

    async def recovers(self) -> None:
        self.go_on.set()
        await asyncio.gather(*self._hung)


def play(story: Callable[[Hanging], Awaitable[None]], hanging: Hanging) -> None:
    async def played() -> None:
        try:
            await story(hanging)
        finally:
            hanging.go_on.set()
            await hanging.store.close()
            while hanging.store.left_hanging:
                await hanging.store.close()

    asyncio.run(played())


def test_a_database_that_hangs_is_not_healthy_and_all_work_is_refused_until_it_goes_on(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        store = hanging.store
        for name in "ab":
            await hanging.hangs(name)
        hanging.now = HANGS_AFTER_S
        assert store.healthy, "a statement may take that long"
        hanging.now += 1
        assert not store.healthy
        for lane in Lane:
            with pytest.raises(StoreDownError, match="hangs"):
                await store.run(put, "refused", lane=lane)
        with pytest.raises(StoreDownError, match="hangs"):
            await store.ping()
        await hanging.recovers()
        assert store.healthy
        await store.run(put, "c", lane=Lane.INGEST)
        assert await store.read(names) == ["a", "b", "c"]

    play(story, Hanging(repository))


def test_one_connection_that_hangs_refuses_no_event_while_another_writer_is_free(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        await hanging.hangs("a")
        hanging.now = HANGS_AFTER_S + 1
        assert not hanging.store.healthy, "nothing shows that the database goes on"
        await hanging.store.run(put, "b", lane=Lane.INGEST)
        assert hanging.store.healthy
        hanging.now += HANGS_AFTER_S + 1
        assert not hanging.store.healthy

    play(story, Hanging(repository))


def test_a_look_that_hangs_shows_while_nothing_is_written(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        begun, store = Event(), hanging.store

        def hang(_unit: Unit) -> None:
            begun.set()
            assert hanging.go_on.wait(10)

        looking = asyncio.ensure_future(store.look(hang))
        await asyncio.to_thread(begun.wait, 10)
        assert not store.stands_still
        hanging.now = HANGS_AFTER_S + 1
        assert store.stands_still and not store.healthy
        hanging.go_on.set()
        await looking
        assert not store.stands_still and store.healthy

    play(story, Hanging(repository))


def test_a_database_that_hangs_is_logged_once_and_so_is_that_it_goes_on(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        watch = StoreWatch(lambda: hanging.store.stands_still, structlog.get_logger())
        with structlog.testing.capture_logs() as lines:
            watch.look()
            await hanging.hangs("a")
            hanging.now = HANGS_AFTER_S + 1
            for _ in range(3):
                watch.look()
            await hanging.recovers()
            for _ in range(3):
                watch.look()
        assert [line["event"] for line in lines] == ["store_hangs", "store_goes_on"]

    play(story, Hanging(repository))


def test_an_idle_store_is_healthy(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        hanging.now = 3600.0
        assert hanging.store.healthy

    play(story, Hanging(repository))


def test_an_event_does_not_wait_for_ever_behind_what_hangs(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        for name in "ab":
            await hanging.hangs(name)
        with pytest.raises(StoreDownError, match="hangs"):
            await hanging.store.run(put, "late", lane=Lane.INGEST)
        await hanging.recovers()
        await hanging.store.run(put, "next")
        assert await hanging.store.read(names) in (["a", "b", "late", "next"], ["a", "b", "next"])

    play(story, Hanging(repository, patience_s=0.01))


def test_a_store_whose_database_hangs_is_closed_without_its_threads(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        await hanging.hangs("a")
        assert not hanging.store.left_hanging
        await hanging.store.close()
        assert hanging.store.left_hanging

    play(story, Hanging(repository, close_s=0.01))


def test_a_reader_that_hangs_does_not_keep_the_store_open_either(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        begun = Event()

        def hang(_unit: Unit) -> None:
            begun.set()
            assert hanging.go_on.wait(10)

        reading = asyncio.ensure_future(hanging.store.read(hang))
        await asyncio.to_thread(begun.wait, 10)
        await hanging.store.close()
        assert hanging.store.left_hanging
        hanging.go_on.set()
        await reading

    play(story, Hanging(repository, close_s=0.01))


def test_a_store_that_is_busy_is_closed_when_its_work_has_ended(repository: Repository) -> None:
    async def story(hanging: Hanging) -> None:
        await hanging.hangs("a")
        closing = asyncio.ensure_future(hanging.store.close())
        await hanging.recovers()
        await closing
        assert not hanging.store.left_hanging

    play(story, Hanging(repository))
