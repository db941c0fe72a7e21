"""Due times. APScheduler is the clock, the database the truth: a timer only wakes a loop, which reads what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from wakeup.runtime.clock import SystemClock

Ring = Callable[[str], None]

SWEEP_S = 5
"""Interval in real seconds at which every loop is woken regardless, in case a wake-up was lost."""


class Timers(Protocol):
    """One timer for each name; setting it again moves it."""

    def set(self, name: str, at: datetime) -> None: ...
    def start(self, ring: Ring, swept: Sequence[str]) -> None: ...
    def clock_was_set(self) -> None:
        """React to a corrected clock: wake every loop, which sets its timer again.

        The timers already set would fire when the wall clock, not the corrected clock, shows their time.
        """

    def stop(self) -> None: ...


class ApschedulerTimers:
    """Timers of APScheduler: a late job is still run, and several missed runs become one.

    It follows the wall clock. Sweeps do not, because they must not stop when the wall clock is set back.
    """

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="UTC"
        )
        self._set: dict[str, datetime] = {}
        self._ring: Ring | None = None
        self._swept: Sequence[str] = ()
        self._sweeping: asyncio.TimerHandle | None = None

    def start(self, ring: Ring, swept: Sequence[str]) -> None:
        self._ring, self._swept = ring, swept
        self._scheduler.start()
        self._sweep_later()

    def _sweep_later(self) -> None:
        self._sweeping = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        self._sweep_later()
        self._ring_all()

    def _ring_all(self) -> None:
        if self._ring is not None:
            for name in self._swept:
                self._ring(name)

    def clock_was_set(self) -> None:
        self._set.clear()
        self._ring_all()

    def set(self, name: str, at: datetime) -> None:
        if self._set.get(name) == at or self._ring is None:
            return
        self._set[name] = at
        trigger = DateTrigger(run_date=self._clock.wall(at))
        # A timer that is moved while its predecessor is about to fire must still fire; `max_instances=1` would drop it.
        self._scheduler.add_job(self._fire, trigger, args=[name], id=name, replace_existing=True, max_instances=9)

    def stop(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self._scheduler.running:
            # The shutdown comes with the loop's next turn. A job begun before it would be cancelled, and logged as an
            # error.
            self._scheduler.pause()
            self._scheduler.shutdown(wait=False)

    # A coroutine, because APScheduler would run a plain function in a thread, where no loop may be woken.

    async def _fire(self, name: str) -> None:
        self._set.pop(name, None)
        if self._ring is not None:
            self._ring(name)
