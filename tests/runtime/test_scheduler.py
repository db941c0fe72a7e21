"""Timers fire by the database's clock, whatever this machine's clock says."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
import structlog

from wakeup.runtime.clock import SystemClock
from wakeup.runtime.hub import Hub
from wakeup.runtime.node_sync import WORTH_A_STEP_S, NodeSync
from wakeup.runtime.scheduler import SWEEP_S, ApschedulerTimers
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
        timers = ApschedulerTimers(SystemClock())
        timers.start(rung.append, LOOPS)
        # The wall clock does not move here: only the event loop's own time passes.
        await passes(2.5 * SWEEP_S)
        assert rung == LOOPS * 2
        timers.stop()
        await passes(2 * SWEEP_S)
        assert rung == LOOPS * 2

    run(story())


def test_a_timer_that_falls_due_at_the_stop_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        clock = SystemClock()
        timers = ApschedulerTimers(clock)
        timers.start(lambda _: None, LOOPS)
        timers.set("settle", clock.now() - timedelta(seconds=1))
        timers.stop()
        timers._scheduler._process_jobs()
        await passes(1)

    run(story())
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_timer_fires_in_time_although_the_wall_clock_was_set_back() -> None:
    rung: list[str] = []

    async def story() -> None:
        clock = SystemClock()
        timers = ApschedulerTimers(clock)
        others = NodeSync("sqlite://", Hub(), clock, structlog.get_logger(), timers.clock_was_set)
        timers.start(rung.append, LOOPS)
        at = clock.now() + timedelta(seconds=3)
        timers.set("settle", at)
        before = timers._scheduler.get_job("settle").next_run_time
        with structlog.testing.capture_logs():
            # The wall clock was set back, so the database's clock is ahead by as much now.
            others.compare(BACK.total_seconds(), 0.001)
        assert rung == LOOPS, "everybody looks again"
        timers.set("settle", at)
        assert abs(before - timers._scheduler.get_job("settle").next_run_time - BACK) < timedelta(milliseconds=1)
        rung.clear()
        others.compare(BACK.total_seconds() + WORTH_A_STEP_S / 2, 0.001)
        assert rung == [], "too little to make a noise about"
        timers.stop()

    asyncio.run(story())
