"""Wake-ups between processes on PostgreSQL: heard once, only by the other processes, and again after a lost
connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
import structlog

from tests.storage.postgres import PostgresServer
from wakeup.runtime.clock import SystemClock, wall_seconds
from wakeup.runtime.hub import Hub
from wakeup.runtime.node_sync import NodeSync
from wakeup.storage.pg_notify import MAX_BYTES, PgNotify, _payloads

WITHIN_S = 20


class ListeningNode:
    """A process that listens; `off` is the error of its machine's clock."""

    def __init__(self, url: str, off: float = 0.0) -> None:
        self.heard: set[str] = set()
        self.clock: asyncio.Future[tuple[float, float]] = asyncio.get_running_loop().create_future()
        """How far ahead the database's clock is, and how long the question took, in seconds."""
        self._news = asyncio.Event()
        self.complaints: list[str] = []
        self.listened = 0
        self.notifications = PgNotify(
            url,
            lambda: wall_seconds() + off,
            self._hear,
            self._told,
            on_listening=self._listens,
            on_error=self.complaints.append,
        )

    def _hear(self, names: frozenset[str]) -> None:
        self.heard |= names
        self._news.set()

    def _listens(self) -> None:
        self.listened += 1
        self._news.set()

    def _told(self, off_s: float, took_s: float) -> None:
        if not self.clock.done():
            self.clock.set_result((off_s, took_s))

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def hears(self, name: str, ring: Callable[[], None]) -> None:
        """Notify again and again until it is heard: at first the listener may not be connected yet."""
        async with asyncio.timeout(WITHIN_S):
            while name not in self.heard:
                ring()
                self._news.clear()
                try:
                    await asyncio.wait_for(self._news.wait(), 0.1)
                except TimeoutError:
                    continue


def two(url: str, story: Callable[[ListeningNode, ListeningNode], Awaitable[None]], off: float = 0.0) -> None:
    async def run() -> None:
        here, there = ListeningNode(url), ListeningNode(url, off)
        here.notifications.start()
        there.notifications.start()
        try:
            await story(here, there)
        finally:
            await here.notifications.stop()
            await there.notifications.stop()

    asyncio.run(run())


def as_root(server: PostgresServer, url: str) -> psycopg.Connection[Any]:
    database = url.rsplit("/", maxsplit=1)[-1].split("?", maxsplit=1)[0]
    return psycopg.connect(host=server.socket_folder, user="postgres", dbname=database, autocommit=True)


def test_the_other_node_hears_a_notification_and_its_sender_does_not(postgres_url: str) -> None:
    async def story(here: ListeningNode, there: ListeningNode) -> None:
        await there.hears("dispatch", lambda: here.notifications.publish(["dispatch", "transfer:t_1"]))
        assert there.heard == {"dispatch", "transfer:t_1"}
        await here.hears("settle", lambda: there.notifications.publish(["settle"]))
        assert here.heard == {"settle"}

    two(postgres_url, story)


def test_a_lost_connection_is_replaced(postgres_server: PostgresServer, postgres_url: str) -> None:
    async def story(here: ListeningNode, there: ListeningNode) -> None:
        await there.hears("one", lambda: here.notifications.publish(["one"]))
        with as_root(postgres_server, postgres_url) as root:
            root.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                         " AND pid <> pg_backend_pid()")  # fmt: skip
        await there.hears("two", lambda: here.notifications.publish(["two"]))
        assert there.listened == 2, "and was told that it had been deaf meanwhile"

    two(postgres_url, story)


def test_a_notification_on_a_lost_connection_goes_with_the_next(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    async def story(here: ListeningNode, there: ListeningNode) -> None:
        await there.hears("one", lambda: here.notifications.publish(["one"]))
        with as_root(postgres_server, postgres_url) as root:
            root.execute("SELECT pg_terminate_backend(%s, 5000)", (here.notifications._own,))
        here.notifications.publish(["two"])
        await there.until(lambda: "two" in there.heard)

    two(postgres_url, story)


@pytest.mark.parametrize("payload", ["", "not ours", "5", '{"a": 1}', '[["dispatch"]]', '["dispatch", 1]', "[]"])
def test_a_foreign_notification_deafens_no_node(
    payload: str, postgres_server: PostgresServer, postgres_url: str
) -> None:
    async def story(here: ListeningNode, there: ListeningNode) -> None:
        await there.hears("one", lambda: here.notifications.publish(["one"]))
        with as_root(postgres_server, postgres_url) as root:
            root.execute("SELECT pg_notify('wakeup', %s)", (payload,))
        await there.hears("two", lambda: here.notifications.publish(["two"]))
        assert (there.heard, there.listened, there.complaints) == ({"one", "two"}, 1, ["payload"])

    two(postgres_url, story)


def test_a_node_that_could_not_hear_for_a_while_wakes_all_loops() -> None:
    hub = Hub()

    async def story() -> None:
        settles = hub.loop_event("settle")
        with hub.listening("transfer:t_1") as rung:
            hub.ring_all()
            assert settles.is_set() and rung.is_set()

    asyncio.run(story())


def test_a_wrong_clock_is_noticed(postgres_url: str) -> None:
    async def story(here: ListeningNode, there: ListeningNode) -> None:
        async with asyncio.timeout(WITHIN_S):
            for node, ahead_s in ((here, 0.0), (there, -2.0)):
                off_s, took_s = await node.clock
                # A slow answer says less: the database read its clock at some moment of the round trip.
                assert off_s == pytest.approx(ahead_s, abs=took_s / 2 + 0.01)

    two(postgres_url, story, off=2.0)


def test_no_notification_is_too_long() -> None:
    names = [f"transfer:{n:040d}" for n in range(1000)]
    payloads = list(_payloads(names))
    assert all(len(payload) <= MAX_BYTES for payload in payloads)
    assert sum(payload.count("transfer:") for payload in payloads) == 1000
    assert list(_payloads([])) == []


def node_sync(clock: SystemClock) -> NodeSync:
    return NodeSync("sqlite://", Hub(), clock, structlog.get_logger(), lambda: None)


def test_a_node_goes_by_the_databases_clock_and_takes_no_work_when_its_own_is_far_off() -> None:
    clock = SystemClock()
    others = node_sync(clock)
    others.compare(0.3, 0.001)
    earliest, shown, latest = wall_seconds(), clock.timestamp(), wall_seconds()
    assert earliest + 0.29 < shown < latest + 0.31
    assert others.fault is None
    with structlog.testing.capture_logs() as lines:
        others.compare(-0.7, 0.001)
    assert others.fault is not None and "-0.7" in others.fault
    assert [line["event"] for line in lines] == ["clock_off"]
    others.compare(0.002, 0.001)
    assert others.fault is None


def test_a_slow_answer_says_nothing_about_the_clock() -> None:
    others = node_sync(SystemClock())
    others.compare(0.9, 2.0)
    assert others.fault is None


def test_a_node_whose_clock_was_not_compared_yet_takes_no_work() -> None:
    others = NodeSync(
        "postgresql+psycopg://nobody@/nothing?host=/nonexistent",
        Hub(),
        SystemClock(),
        structlog.get_logger(),
        lambda: None,
    )

    async def story() -> None:
        others.start()
        assert others.fault is not None
        others.compare(0.1, 2.0)
        assert others.fault is not None, "a second off is possible"
        others.compare(0.1, 0.4)
        assert others.fault is None, "half a second is not"
        await others.stop()

    asyncio.run(story())


def test_a_node_without_neighbours_notifies_none() -> None:
    others = node_sync(SystemClock())
    others.start()
    others.wake(frozenset({"dispatch"}))
    asyncio.run(others.stop())
