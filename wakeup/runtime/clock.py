"""The only place that reads the clock. `speed` makes people's time run faster, for simulations; sockets keep theirs."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the loops know of time."""

    def now(self) -> datetime:
        """Aware UTC."""

    def wait_for(self, at: datetime) -> float:
        """Seconds of the event loop's own time until `at`; never negative."""

    def monotonic(self) -> float:
        """Seconds, for measuring how long something took: never faster than the event loop's own."""


class SystemClock:
    """The wall clock; or, with a speed other than 1, a clock that started at `epoch` when the wall showed `epoch_real`.

    Processes that are given the same epochs agree on the time.
    """

    def __init__(self, speed: float = 1.0, epoch: datetime | None = None, epoch_real: float | None = None) -> None:
        real = time.time() if epoch_real is None else epoch_real
        self.speed = speed
        self.epoch_real = real
        self.epoch = epoch or datetime.fromtimestamp(real, UTC)
        self._epoch_s = self.epoch.timestamp()
        self.correction_s = 0.0
        """How far the database's clock is ahead of this machine's: with several nodes its clock counts."""

    def now(self) -> datetime:
        return self.epoch + timedelta(seconds=self._passed())

    def _passed(self) -> float:
        return (time.time() + self.correction_s - self.epoch_real) * self.speed

    def monotonic(self) -> float:
        return monotonic()

    def timestamp(self) -> float:
        """`now` in seconds since 1970."""
        return self._epoch_s + self._passed()

    def wait_for(self, at: datetime) -> float:
        return max(0.0, (at - self.now()).total_seconds() / self.speed)

    async def sleep_until(self, at: datetime) -> None:
        await asyncio.sleep(self.wait_for(at))

    def wall(self, at: datetime) -> datetime:
        """When this machine's wall clock will show what this clock calls `at`."""
        seconds = (at - self.epoch).total_seconds() / self.speed - self.correction_s
        return datetime.fromtimestamp(self.epoch_real + seconds, UTC)


class LoopClock:
    """Time as the event loop tells it: on a virtual loop hours pass in milliseconds, and the same way twice."""

    def __init__(self, epoch: datetime) -> None:
        self._epoch = epoch

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=asyncio.get_running_loop().time())

    def wait_for(self, at: datetime) -> float:
        return max(0.0, (at - self.now()).total_seconds())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


def wall_seconds() -> float:
    """This machine's wall clock, in seconds since 1970, right or wrong."""
    return time.time()


def monotonic() -> float:
    """Seconds, for measuring how long something took."""
    return time.perf_counter()


async def pause(seconds: float) -> None:
    """Real seconds, for watching other processes."""
    await asyncio.sleep(seconds)


def back_off(tries: int) -> None:
    """Wait a little, in a thread of the Store, before a transaction that lost a race is tried again."""
    time.sleep(random.uniform(0.0, 0.005) * 2**tries)  # noqa: S311 - jitter keeps no secret


def stand_aside() -> None:
    """3 s in which those go on who were held up by a migration that did not get its lock."""
    time.sleep(3)
