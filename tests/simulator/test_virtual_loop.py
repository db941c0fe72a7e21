"""The loop whose clock jumps: order, determinism, threads, cancellation and real sockets."""

from __future__ import annotations

import asyncio
import threading
import time

import aiohttp
import pytest
from aiohttp import web

from wakeup.simulator.virtual_loop import StuckError, VirtualLoop, run


def test_three_hours_pass_in_no_time() -> None:
    """In real time this test would run into its time limit."""

    async def story() -> float:
        await asyncio.sleep(3 * 3600)
        return asyncio.get_running_loop().time()

    assert run(story()) == pytest.approx(3 * 3600)


def test_sleepers_wake_in_order_of_their_times_and_the_same_way_twice() -> None:
    async def story() -> list[tuple[float, int]]:
        woken: list[tuple[float, int]] = []

        async def sleeper(number: int, seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append((asyncio.get_running_loop().time(), number))

        await asyncio.gather(*(sleeper(n, (n * 7919) % 101 / 10) for n in range(200)))
        return woken

    first, second = run(story()), run(story())
    assert first == second
    assert first == sorted(first, key=lambda one: one[0])


def test_cancelled_timers_do_not_move_the_clock() -> None:
    async def story() -> float:
        loop = asyncio.get_running_loop()
        loop.call_later(1000, lambda: None).cancel()
        task = asyncio.create_task(asyncio.sleep(500))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait({task})
        return loop.time()

    assert run(story()) == pytest.approx(1)


def test_time_stands_still_while_a_thread_works() -> None:
    async def story() -> tuple[str, float]:
        loop = asyncio.get_running_loop()

        def work() -> str:
            time.sleep(0.05)
            return "done"

        async with asyncio.timeout(20):
            answer = await loop.run_in_executor(None, work)
        return answer, loop.time()

    assert run(story()) == ("done", 0)


def test_time_stands_still_while_declared_outside_work_goes_on() -> None:
    async def story() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        done = loop.create_future()

        def work() -> None:
            time.sleep(0.03)
            loop.call_soon_threadsafe(done.set_result, None)

        with loop.outside_work():
            threading.Thread(target=work).start()
            async with asyncio.timeout(5):
                await done
        return loop.time()

    assert run(story()) == 0


def test_a_round_trip_with_a_time_limit_takes_no_virtual_time() -> None:
    async def story() -> float:
        async def handle(request: web.Request) -> web.Response:
            return web.Response(text=(await request.text())[::-1])

        app = web.Application()
        app.router.add_post("/", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        limits = aiohttp.ClientTimeout(total=20, sock_connect=5, sock_read=20)
        async with aiohttp.ClientSession(timeout=limits) as http:
            for _ in range(200):
                async with http.post(url, data="x" * 20_000 + "y") as answer:
                    assert (await answer.text()).startswith("y")
        spent = asyncio.get_running_loop().time()
        await runner.cleanup()
        return spent

    assert run(story()) == 0


def test_a_slow_answer_runs_into_the_time_limit() -> None:
    async def story() -> float:
        async def handle(_request: web.Request) -> web.Response:
            await asyncio.sleep(60)
            return web.Response()

        app = web.Application()
        app.router.add_get("/", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
            with pytest.raises(TimeoutError):
                await http.get(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        spent = asyncio.get_running_loop().time()
        await runner.cleanup()
        return spent

    assert run(story()) == pytest.approx(20, abs=0.01)


def test_a_programme_that_waits_for_ever_is_told_so() -> None:
    async def story() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(StuckError):
        run(story(), stuck_after=0.1)


def test_leftover_tasks_are_cancelled_at_the_end() -> None:
    ended: list[str] = []

    async def left_over() -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def story() -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(left_over())]
        await asyncio.sleep(1)
        return tasks

    run(story())
    assert ended == ["cancelled"]
