"""Alarms ring by the database's clock, whatever this machine's shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from wakeup.runtime.alarms import SWEEP_S, ScheduledAlarms
from wakeup.runtime.clock import SystemClock
from wakeup.runtime.hub import Hub
from wakeup.runtime.neighbours import WORTH_A_STEP_S, Neighbours
from wakeup.simulator.virtual_loop import run

BACK = timedelta(seconds=30)
LOOPS = ["deliver", "settle"]


async def passes(seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


def test_every_loop_is_swept_whatever_the_wall_clock_does() -> None:
    rung: list[str] = []

    async def story() -> None:
        alarms = ScheduledAlarms(SystemClock())
        alarms.start(rung.append, LOOPS)
        # No wall clock moves here: the time that passes is the event loop's own.
        await passes(2.5 * SWEEP_S)
        assert rung == LOOPS * 2
        alarms.stop()
        await passes(2 * SWEEP_S)
        assert rung == LOOPS * 2

    run(story())


def test_an_alarm_rings_in_time_although_the_wall_clock_was_set_back() -> None:
    rung: list[str] = []

    async def story() -> None:
        clock = SystemClock()
        alarms = ScheduledAlarms(clock)
        others = Neighbours("sqlite://", Hub(), clock, structlog.get_logger(), alarms.clock_was_set)
        alarms.start(rung.append, LOOPS)
        at = clock.now() + timedelta(seconds=3)
        alarms.set("settle", at)
        before = alarms._scheduler.get_job("settle").next_run_time
        with structlog.testing.capture_logs():
            # The wall clock was set back: the database's is as far ahead now.
            others.compare(BACK.total_seconds(), 0.001)
        assert rung == LOOPS, "everybody looks again"
        alarms.set("settle", at)
        assert abs(before - alarms._scheduler.get_job("settle").next_run_time - BACK) < timedelta(milliseconds=1)
        rung.clear()
        others.compare(BACK.total_seconds() + WORTH_A_STEP_S / 2, 0.001)
        assert rung == [], "too little to make a noise about"
        alarms.stop()

    asyncio.run(story())
