"""When the public listener is full, who is least likely to bring a request gives way to a new connection, so that no
genuine callback is lost unseen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.web.test_connection_filter import MADE_UP, SMS, STATUS, good, post
from tests.web.test_twilio_access import open_world
from tests.web.world import World
from wakeup.simulator.clock import rest
from wakeup.simulator.virtual_loop import run
from wakeup.web.apps import HttpListener, public_app
from wakeup.web.connection_filter import REFUSED, ConnectionFilter
from wakeup.web.voice.audio import SEND_SECONDS

NO_CONTENT = b"HTTP/1.1 204 "


class Client:
    """One open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, sent: bytes) -> None:
        self.writer.write(sent)
        await rest(0.01)

    async def asks(self, sent: bytes) -> bytes:
        """The head of the answer, or nothing when the connection was closed instead."""
        try:
            self.writer.write(sent)
            return await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    @property
    def gone(self) -> bool:
        return self.reader.at_eof() or self.reader.exception() is not None


class Door:
    """A public listener with few places."""

    def __init__(self, world: World, address: tuple[str, int]) -> None:
        self.world, self.address, self.clients = world, address, list[Client]()

    async def opened(self, said: bytes = b"") -> Client:
        client = Client(*await asyncio.open_connection(*self.address))
        self.clients.append(client)
        await client.says(said)
        return client

    def cut(self, which: str) -> float:
        return self.world.counted("connections_cut_total", which=which)


@asynccontextmanager
async def door(world: World, most: int = 3) -> AsyncIterator[Door]:
    listener = HttpListener(public_app(world.parts()), most=most)
    await listener.setup()
    await listener.listen("127.0.0.1", 0)
    made = Door(world, listener.addresses[0][:2])
    try:
        yield made
    finally:
        for client in made.clients:
            client.writer.close()
        await listener.cleanup()


def gone(*clients: Client) -> list[bool]:
    return [client.gone for client in clients]


def test_silent_connections_give_way_to_those_that_speak() -> None:
    async def story() -> None:
        async with door(open_world()) as it:
            silent = [await it.opened() for _ in range(5)]
            assert gone(*silent) == [True, True, False, False, False], "the oldest went"
            for _ in range(3):
                assert (await (await it.opened()).asks(good(STATUS))).startswith(NO_CONTENT)
            assert gone(*silent) == [True] * 5
            assert it.cut("waiting") == 5
            assert asyncio.get_running_loop().time() < 1

    run(story())


def test_a_connection_that_is_kept_open_without_a_request_gives_way_to_a_new_one() -> None:
    async def story() -> None:
        async with door(open_world()) as it:
            for _ in range(20):
                assert (await (await it.opened()).asks(good(STATUS))).startswith(NO_CONTENT)
            assert gone(*it.clients) == [True] * 17 + [False] * 3
            assert (it.cut("idle"), it.cut("new")) == (17, 0)
            assert asyncio.get_running_loop().time() < 1

    run(story())


def test_of_those_that_are_kept_open_the_one_that_was_used_last_stays() -> None:
    async def story() -> None:
        async with door(open_world()) as it:
            first, second, third = [await it.opened() for _ in range(3)]
            for client in (first, second, third, first):
                assert (await client.asks(good(STATUS))).startswith(NO_CONTENT)
            fourth = await it.opened()
            assert gone(first, second, third, fourth) == [False, True, False, False]

    run(story())


def test_a_request_that_is_under_way_is_not_cut_off_for_somebody_new() -> None:
    async def story() -> None:
        async with door(open_world()) as it:
            whole = good(STATUS)
            busy = [await it.opened(whole[:-5]) for _ in range(3)]
            assert await (await it.opened()).asks(whole) == b""
            assert it.cut("new") == 1
            for client in busy:
                assert (await client.asks(whole[-5:])).startswith(NO_CONTENT)
            assert (await (await it.opened()).asks(whole)).startswith(NO_CONTENT), "now one is idle"
            assert it.cut("idle") == 1

    run(story())


def test_an_answer_that_is_being_sent_is_not_cut_off_for_somebody_new(tmp_path: Path) -> None:
    """A request is over for aiohttp before its answer is sent."""
    (tmp_path / "tone.mp3").write_bytes(b"x" * 30_000_000)
    world = open_world()
    world.recordings = {"tone.mp3": tmp_path / "tone.mp3"}

    async def story() -> None:
        async with door(world, most=1) as it:
            listening = await it.opened(b"GET /twilio/audio/tone.mp3 HTTP/1.1\r\nHost: w\r\n\r\n")
            assert await (await it.opened()).asks(good(STATUS)) == b""
            head = await listening.reader.readuntil(b"\r\n\r\n")
            assert b"Content-Length: 30000000\r\n" in head
            assert len(await listening.reader.read()) == 30_000_000

    run(story())


def test_who_began_a_request_is_not_taken_for_silent_and_gains_nothing_by_dribbling() -> None:
    async def story() -> None:
        async with door(open_world()) as it:
            whole = good(STATUS)
            genuine, silent, other = [await it.opened() for _ in range(3)]
            await genuine.says(whole[:9])
            await it.opened()
            assert gone(genuine, silent, other) == [False, True, False]
            # From now on bytes without a whole head make nobody look young.
            await other.says(b"P")
            for byte in b"OST":
                await genuine.says(bytes([byte]))
            latest = [await it.opened() for _ in range(2)]
            assert gone(genuine, other, *latest) == [True, False, False, False]
            # A whole head does, once.
            await other.says(post(SMS, f"{MADE_UP}", length=500)[1:])
            await it.opened()
            assert gone(other, *latest) == [False, True, False]
            for _ in range(9):
                await other.says(b"x")
            await it.opened()
            await it.opened()
            assert other.gone

    run(story())


def test_who_fetches_a_recorded_prompt_keeps_no_place(tmp_path: Path) -> None:
    (tmp_path / "tone.mp3").write_bytes(b"sound")
    world = open_world()
    world.recordings = {"tone.mp3": tmp_path / "tone.mp3"}

    async def story() -> None:
        async with door(world) as it:
            fetching = await it.opened()
            heard = await fetching.asks(b"GET /twilio/audio/tone.mp3 HTTP/1.1\r\nHost: w\r\n\r\n")
            assert b"\r\nConnection: close\r\n" in heard
            assert await fetching.reader.read() == b"sound"
            assert asyncio.get_running_loop().time() < 1

    run(story())


def test_who_does_not_read_what_was_asked_for_is_cut(tmp_path: Path) -> None:
    (tmp_path / "tone.mp3").write_bytes(b"x" * 30_000_000)
    world = open_world()
    world.recordings = {"tone.mp3": tmp_path / "tone.mp3"}

    async def story() -> None:
        async with door(world, most=1) as it:
            await it.opened(b"GET /twilio/audio/tone.mp3 HTTP/1.1\r\nHost: w\r\n\r\n")
            await rest(SEND_SECONDS - 1)
            assert await (await it.opened()).asks(good(STATUS)) == b""
            await rest(2)
            assert (await (await it.opened()).asks(good(STATUS))).startswith(NO_CONTENT)
            assert it.cut("slow") == 1

    run(story())


def test_a_connection_that_is_closed_before_asyncio_tells_of_it_is_closed_then() -> None:
    aborted = []

    class Wire(asyncio.Transport):
        def abort(self) -> None:
            aborted.append(self)

    async def story() -> None:
        waiting = ConnectionFilter(asyncio.Protocol, lambda _: REFUSED, (1.0, 1.0), lambda _: None, lambda _: None)
        waiting.abort()
        assert aborted == []
        wire = Wire()
        waiting.connection_made(wire)
        assert aborted == [wire]
        waiting.connection_lost(None)
        await rest(2)
        assert aborted == [wire]

    run(story())
