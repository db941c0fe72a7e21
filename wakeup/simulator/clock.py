"""The only module of the simulator that reads a clock: scaled wall time for processes, loop time for tests."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A virtual clock. `now` is aware UTC, `sleep` takes virtual seconds."""

    def now(self) -> datetime: ...

    def loop_seconds(self, virtual_seconds: float) -> float:
        """Return how many seconds of the event loop's own time `virtual_seconds` take."""
        ...

    async def sleep(self, seconds: float) -> None: ...


async def rest(loop_seconds: float) -> None:
    """Sleep in seconds of the event loop, for limits that no virtual clock may shorten. 0 lets other tasks run
    first."""
    await asyncio.sleep(loop_seconds)


class SimClock:
    """Wall time scaled by `speed`. Processes that are given the same two epochs agree on the time."""

    def __init__(self, epoch: datetime | None = None, speed: float = 1.0, epoch_real: float | None = None) -> None:
        """`epoch` is the virtual start, `epoch_real` the unix time at which it began (both default to now)."""
        if speed <= 0:
            message = "speed must be above zero"
            raise ValueError(message)
        self.epoch_real = time.time() if epoch_real is None else epoch_real
        start = datetime.fromtimestamp(self.epoch_real, UTC) if epoch is None else epoch
        self.epoch = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
        self.speed = speed

    def now(self) -> datetime:
        return self.epoch + timedelta(seconds=(time.time() - self.epoch_real) * self.speed)

    def loop_seconds(self, virtual_seconds: float) -> float:
        return virtual_seconds / self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, self.loop_seconds(seconds)))

    async def sleep_until(self, moment: datetime) -> None:
        await self.sleep((moment - self.now()).total_seconds())


class LoopClock:
    """The running loop's time, counted from `epoch`. Under a VirtualLoop whole days pass in milliseconds."""

    def __init__(self, epoch: datetime) -> None:
        self.epoch = epoch.replace(tzinfo=UTC) if epoch.tzinfo is None else epoch.astimezone(UTC)

    def now(self) -> datetime:
        return self.epoch + timedelta(seconds=asyncio.get_running_loop().time())

    def loop_seconds(self, virtual_seconds: float) -> float:
        return virtual_seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    async def sleep_until(self, moment: datetime) -> None:
        await self.sleep((moment - self.now()).total_seconds())
