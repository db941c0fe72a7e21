"""The loop, processes and connections of a simulation: time jumps, dead processes do nothing, sockets are imitated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import TypeVar

import pytest
from aiohttp import ClientConnectorError, ClientError, ClientSession, DummyCookieJar, web

from wakeup.runtime.clock import pause
from wakeup.simulation.loop import SimulatedLoop, StuckError, run
from wakeup.simulation.network import MemoryConnector
from wakeup.simulation.process import LIFE, SimulatedProcess

T = TypeVar("T")
PORT = 8000
URL = f"http://127.0.0.1:{PORT}"


def the_loop() -> SimulatedLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulatedLoop)
    return loop


def alive(name: str = "node") -> SimulatedProcess:
    return SimulatedProcess(name, lambda _life: None)


def within(life: SimulatedProcess, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
    """Run it as a part of that simulated process."""

    async def of_it() -> T:
        return await work()

    context = copy_context()
    context.run(LIFE.set, life)
    return the_loop().create_task(of_it(), context=context)


def test_a_day_passes_at_once_and_a_programme_that_waits_for_nothing_is_told_so() -> None:
    async def story() -> float:
        await pause(86_400)
        return the_loop().time()

    assert run(story()) == pytest.approx(86_400)

    async def stuck() -> None:
        await the_loop().create_future()

    with pytest.raises(StuckError):
        run(stuck())


def test_a_dead_life_runs_nothing_not_even_a_finally_until_it_is_buried() -> None:
    told: list[str] = []

    async def work() -> None:
        try:
            await pause(5)
            told.append("woken")
        finally:
            told.append("finally")

    async def story() -> list[str]:
        life = alive()
        task = within(life, work)
        await pause(1)
        life.kill()
        await pause(100)
        before = list(told)
        life.bury()
        task.cancel()
        await asyncio.wait([task])
        return before

    assert run(story()) == []
    assert told == ["finally"]


def test_a_life_dies_exactly_before_the_step_it_is_told() -> None:
    told: list[int] = []

    async def work() -> None:
        for n in range(10):
            told.append(n)
            await pause(1)

    async def story() -> None:
        life = alive()
        life.dies_at_step = 4
        task = within(life, work)
        await pause(50)
        assert life.dead
        assert not task.done()
        life.bury()
        task.cancel()
        await asyncio.wait([task])

    run(story())
    # The first step starts it. Every second has two: the timer's and the task's own.
    assert told == [0, 1]


def server(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.AppRunner:
    app = web.Application()
    app.router.add_post("/", handler)
    return web.AppRunner(app, access_log=None, shutdown_timeout=0.1)


async def opened(runner: web.AppRunner) -> None:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()


def client() -> ClientSession:
    return ClientSession(connector=MemoryConnector(the_loop().network, each_once=False), cookie_jar=DummyCookieJar())


def test_a_large_body_goes_there_and_back_over_the_wire() -> None:
    body = bytes(range(256)) * 4000

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def story() -> bytes:
        runner = server(echo)
        await opened(runner)
        async with client() as session, session.post(URL, data=body[:900_000]) as answer:
            back = await answer.read()
        await runner.cleanup()
        return back

    assert run(story()) == body[:900_000]


def test_a_connection_is_refused_without_a_listener_or_after_it_died() -> None:
    async def echo(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    async def story() -> None:
        async with client() as session:
            with pytest.raises(ClientConnectorError):
                await session.post(URL)
            life, runner = alive(), server(echo)
            await within(life, lambda: opened(runner))
            async with session.post(URL) as answer:
                assert await answer.text() == "here"
            life.kill()
            with pytest.raises(ClientError):
                await session.post(URL)
            with pytest.raises(ClientConnectorError):
                await session.post(URL)
            life.bury()
            await runner.cleanup()

    run(story())


def test_a_client_of_a_process_that_dies_sees_the_connection_close() -> None:
    life = alive()

    async def never(_request: web.Request) -> web.Response:
        await pause(1000)
        return web.Response()

    async def story() -> float:
        runner = server(never)
        await within(life, lambda: opened(runner))
        the_loop().call_later(7, life.kill)
        async with client() as session:
            with pytest.raises(ClientError):
                await session.post(URL)
        ended = the_loop().time()
        life.bury()
        await runner.cleanup()
        return ended

    assert run(story()) == pytest.approx(7, abs=0.1)


def test_a_process_that_was_buried_can_close_the_connections_it_died_with() -> None:
    life = alive()
    opened_before: list[ClientSession] = []

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    async def asks() -> None:
        session = client()
        opened_before.append(session)
        async with session.post(URL) as answer:
            await answer.text()

    async def story() -> None:
        runner = server(hello)
        await opened(runner)
        await within(life, asks)
        life.kill()
        await pause(1)
        life.bury()
        # Its kept-alive connection is closed by now, which it is told.
        await within(life, opened_before[0].close)
        await runner.cleanup()

    run(story())
