"""The only module that reads the clock.

`speed` makes the time of people run faster, for simulations; the timeouts of sockets stay in real time.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time as the loops see it."""

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""

    def wait_for(self, at: datetime) -> float:
        """Return the seconds until `at` in the event loop's own time; never negative."""

    def monotonic(self) -> float:
        """Return seconds for measuring durations; never faster than the event loop's own time."""


class SystemClock:
    """The wall clock or, with a speed other than 1, a clock that showed `epoch` when the wall clock showed
    `epoch_real`.

    Processes with the same epochs agree on the time.
    """

    def __init__(self, speed: float = 1.0, epoch: datetime | None = None, epoch_real: float | None = None) -> None:
        real = time.time() if epoch_real is None else epoch_real
        self.speed = speed
        self.epoch_real = real
        self.epoch = epoch or datetime.fromtimestamp(real, UTC)
        self._epoch_s = self.epoch.timestamp()
        self.correction_s = 0.0
        """Seconds by which the database's clock is ahead of this machine's; nodes that share a database follow its
        clock."""

    def now(self) -> datetime:
        return self.epoch + timedelta(seconds=self._passed())

    def _passed(self) -> float:
        return (time.time() + self.correction_s - self.epoch_real) * self.speed

    def monotonic(self) -> float:
        return monotonic()

    def timestamp(self) -> float:
        """Return `now` in seconds since 1970."""
        return self._epoch_s + self._passed()

    def wait_for(self, at: datetime) -> float:
        return max(0.0, (at - self.now()).total_seconds() / self.speed)

    async def sleep_until(self, at: datetime) -> None:
        await asyncio.sleep(self.wait_for(at))

    def wall(self, at: datetime) -> datetime:
        """Return the time that this machine's wall clock will show when this clock shows `at`."""
        seconds = (at - self.epoch).total_seconds() / self.speed - self.correction_s
        return datetime.fromtimestamp(self.epoch_real + seconds, UTC)


def wall_seconds() -> float:
    """Return this machine's wall clock in seconds since 1970, uncorrected."""
    return time.time()


def monotonic() -> float:
    """Return seconds for measuring durations."""
    return time.perf_counter()


async def pause(seconds: float) -> None:
    """Sleep for seconds of the event loop's own time, as `wait_for` gives them."""
    await asyncio.sleep(seconds)


def back_off(tries: int) -> None:
    """Sleep for a short random time, in a thread of the Store, before a transaction that lost a race is tried again."""
    time.sleep(random.uniform(0.0, 0.005) * 2**tries)  # noqa: S311 - jitter keeps no secret


def let_writers_in() -> None:
    """Sleep for a moment between two snapshots of a long reading. SQLite begins its log anew only in a moment without
    any snapshot, and at the second commit of that moment."""
    time.sleep(0.1)


def stand_aside() -> None:
    """Sleep 3 s after a migration did not get its lock, so that the transactions it held up can go on."""
    time.sleep(3)
