"""The Store's promises, tested once on every kind: SQLite by thread, SQLite inline, PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event, Semaphore

import pytest

from tests.storage.sample_table import (
    Repository,
    Unit,
    hold,
    names,
    others_start,
    put,
    put_then_break,
    put_then_lose_all,
    put_then_refuse,
)
from wakeup.domain.errors import ConstraintError, DomainError, StoreBusyError, StoreDownError
from wakeup.storage.lanes import INGEST_LIMIT
from wakeup.storage.sqlite_inline import InlineStore
from wakeup.storage.sqlite_loop import READERS, LoopStore
from wakeup.usecases.store import Lane, Store

KINDS = ["sqlite", "inline", "postgres"]


@pytest.fixture(params=KINDS)
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'a.db'}"
    repository = Repository(request.param, url)
    repository.build()
    return repository


def tell(
    repository: Repository, story: Callable[[Store[Unit]], Awaitable[None]], woken: list[frozenset[str]] | None = None
) -> None:
    async def whole() -> None:
        store = repository.store((lambda _: None) if woken is None else woken.append, writers=1)
        try:
            await story(store)
        finally:
            await store.close()

    asyncio.run(whole())


async def held(store: Store[Unit], name: str = "first") -> tuple[asyncio.Future[object], Callable[[], None]]:
    """A use case that has done its work and cannot commit until released: later use cases wait for the next commit."""
    begun, go_on = Event(), Event()
    if isinstance(store, LoopStore):
        # Its use cases run in this event loop, so only the disk can be held up.
        def put_and_hold(unit: Unit) -> None:
            put(unit, name)
            store._disk.submit(go_on.wait, 10)
            begun.set()

        first: asyncio.Future[object] = asyncio.ensure_future(store.run(put_and_hold))
    else:
        if isinstance(store, InlineStore):
            go_on.set()
        first = asyncio.ensure_future(store.run(hold, begun, go_on, name))
    await asyncio.get_running_loop().run_in_executor(None, begun.wait, 10)
    return first, go_on.set


async def in_one_batch(store: Store[Unit], *acts: Callable[[], Awaitable[object]]) -> list[object]:
    """Keep the writer busy while the acts queue up. Return what each returned or raised, in order."""
    first, let_go = await held(store)
    waiting = [asyncio.ensure_future(act()) for act in acts]
    await others_start()
    let_go()
    await first
    return list(await asyncio.gather(*waiting, return_exceptions=True))


def test_an_answer_comes_after_the_commit(repository: Repository) -> None:
    async def story(store: Store[Unit]) -> None:
        assert await store.run(put, "a", size=3) == "a"
        assert await store.read(names) == ["a"]
        assert store.healthy
        await store.ping()

    tell(repository, story)


def test_a_refusal_rolls_back_alone(repository: Repository) -> None:
    async def story(store: Store[Unit]) -> None:
        answers = await in_one_batch(
            store,
            lambda: store.run(put, "a"),
            lambda: store.run(put_then_refuse, "b"),
            lambda: store.run(put, "c"),
        )
        assert answers[0] == "a"
        assert isinstance(answers[1], DomainError)
        assert answers[2] == "c"
        assert await store.read(names) == ["a", "c", "first"]
        assert store.healthy

    tell(repository, story)


@pytest.mark.parametrize(("name", "size", "rule"), [("a", 1, "things"), ("secret", -77, "size_positive")])
def test_a_broken_constraint_rolls_back_alone_and_names_no_value(
    repository: Repository, name: str, size: int, rule: str
) -> None:
    async def story(store: Store[Unit]) -> None:
        answers = await in_one_batch(
            store,
            lambda: store.run(put, "a"),
            lambda: store.run(put, name, size),
            lambda: store.run(put, "c"),
        )
        refusal = answers[1]
        assert isinstance(refusal, ConstraintError)
        assert rule in str(refusal)
        assert "secret" not in str(refusal)
        assert "77" not in str(refusal)
        assert await store.read(names) == ["a", "c", "first"]

    tell(repository, story)


@pytest.mark.parametrize("culprit", [put_then_break, put_then_lose_all])
def test_a_spoilt_batch_is_run_again_one_by_one(repository: Repository, culprit: Callable[[Unit, str], None]) -> None:
    woken: list[frozenset[str]] = []

    async def story(store: Store[Unit]) -> None:
        answers = await in_one_batch(
            store,
            lambda: store.run(put, "a"),
            lambda: store.run(culprit, "b"),
            lambda: store.run(put, "c"),
        )
        assert answers[0] == "a"
        assert isinstance(answers[1], LookupError if culprit is put_then_break else StoreDownError)
        assert answers[2] == "c"
        assert await store.read(names) == ["a", "c", "first"]
        await store.run(put, "d")
        assert store.healthy

    tell(repository, story, woken)
    assert sorted(name for group in woken for name in group) == ["a", "c", "d", "first"]


def test_only_committed_use_cases_wake_others_and_a_batch_wakes_once(repository: Repository) -> None:
    woken: list[frozenset[str]] = []

    async def story(store: Store[Unit]) -> None:
        await in_one_batch(
            store,
            lambda: store.run(put, "a"),
            lambda: store.run(put_then_refuse, "b"),
            lambda: store.run(put, "c"),
        )

    tell(repository, story, woken)
    batches = [{"first"}, {"a", "c"}] if repository.kind == "sqlite" else [{"first"}, {"a"}, {"c"}]
    assert woken == batches


def test_a_use_case_that_lost_a_race_is_run_again_before_it_fails(repository: Repository) -> None:
    tries: list[str] = []

    def put_what_is_free(unit: Unit) -> str:
        tries.append("a" if not tries else "b")
        return put(unit, tries[-1])

    async def story(store: Store[Unit]) -> None:
        await store.run(put, "a")
        assert await store.run(put_what_is_free) == "b"
        assert await store.read(names) == ["a", "b"]

    tell(repository, story)


def test_giving_up_waiting_undoes_nothing(repository: Repository) -> None:
    async def story(store: Store[Unit]) -> None:
        impatient, let_go = await held(store, "held")
        queued = asyncio.ensure_future(store.run(put, "queued"))
        await others_start()
        impatient.cancel()
        queued.cancel()
        let_go()
        await store.run(put, "last")
        assert await store.read(names) == ["held", "last", "queued"]

    tell(repository, story)


def test_waiting_use_cases_are_finished_before_the_store_closes(repository: Repository) -> None:
    async def story(store: Store[Unit]) -> None:
        waiting = [asyncio.ensure_future(store.run(put, f"{n:03}")) for n in range(100)]
        await others_start()
        await store.close()
        assert [await answer for answer in waiting] == [f"{n:03}" for n in range(100)]
        with pytest.raises(StoreDownError):
            await store.run(put, "late")
        with pytest.raises(StoreDownError):
            await store.read(names)

    tell(repository, story)
    other = repository.store()
    try:
        assert len(asyncio.run(other.read(names))) == 100
    finally:
        asyncio.run(other.close())


def test_a_read_cannot_write(repository: Repository) -> None:
    async def story(store: Store[Unit]) -> None:
        with pytest.raises(StoreDownError):
            await store.read(put, "a")
        assert await store.read(names) == []
        assert await store.run(put, "b") == "b"

    tell(repository, story)


def test_a_store_outlives_its_loop(repository: Repository) -> None:
    store = repository.store()
    try:
        assert asyncio.run(store.run(put, "a")) == "a"
        assert asyncio.run(store.run(put, "b")) == "b"
    finally:
        asyncio.run(store.close())


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
class TestThreads:
    @pytest.fixture
    def repository(self, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
        url = request.getfixturevalue("postgres_url") if kind == "postgres" else f"sqlite:///{tmp_path / 'a.db'}"
        repository = Repository(kind, url)
        repository.build()
        return repository

    def test_lanes_are_served_in_order_and_first_come_first_served(self, repository: Repository) -> None:
        served: list[str] = []

        def note(unit: Unit, word: str) -> None:
            served.append(word)
            put(unit, word)

        async def story(store: Store[Unit]) -> None:
            def act(word: str, lane: Lane) -> Callable[[], Awaitable[None]]:
                return lambda: store.run(note, word, lane=lane)

            order = [("i1", Lane.INGEST), ("d1", Lane.DISPATCH), ("v1", Lane.DECIDE), ("i2", Lane.INGEST)]
            order += [("v2", Lane.DECIDE), ("d2", Lane.DISPATCH)]
            await in_one_batch(store, *(act(word, lane) for word, lane in order))

        tell(repository, story)
        assert served == ["v1", "v2", "d1", "d2", "i1", "i2"]

    def test_a_flood_of_events_is_told_to_come_again_and_starves_no_decision(self, repository: Repository) -> None:
        served: list[str] = []

        def note(_unit: Unit, word: str) -> None:
            served.append(word)

        async def story(store: Store[Unit]) -> None:
            first, let_go = await held(store)
            flood = [asyncio.ensure_future(store.run(note, "event", lane=Lane.INGEST)) for _ in range(INGEST_LIMIT + 1)]
            await others_start()
            decision = asyncio.ensure_future(store.run(note, "decision"))
            await others_start()
            assert store.waiting == {Lane.DECIDE: 1, Lane.DISPATCH: 0, Lane.INGEST: INGEST_LIMIT}
            with pytest.raises(StoreBusyError) as busy:
                await flood.pop()
            assert busy.value.retry_after_s > 0
            let_go()
            await first
            await asyncio.gather(decision, *flood)
            assert served == ["decision"] + ["event"] * INGEST_LIMIT

        tell(repository, story)

    def test_reads_neither_wait_for_the_writer_nor_see_what_is_not_committed(self, repository: Repository) -> None:
        async def story(store: Store[Unit]) -> None:
            first, let_go = await held(store)
            assert await store.read(names) == []
            let_go()
            await first
            assert await store.read(names) == ["first"]

        tell(repository, story)

    def test_a_look_waits_for_no_page_however_long_it_takes(self, repository: Repository) -> None:
        begun, go_on = Semaphore(0), Event()

        def page(_unit: Unit) -> None:
            begun.release()
            assert go_on.wait(30)

        async def story(store: Store[Unit]) -> None:
            await store.run(put, "a")
            pages = [asyncio.ensure_future(store.read(page)) for _ in range(2 * READERS)]
            try:
                for _ in range(READERS):
                    await asyncio.to_thread(begun.acquire, timeout=10)
                assert await asyncio.wait_for(store.look(names), 10) == ["a"]
            finally:
                go_on.set()
                await asyncio.gather(*pages)

        tell(repository, story)
