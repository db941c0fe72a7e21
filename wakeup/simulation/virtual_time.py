"""Clock and timers of a service whose time is that of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from wakeup.runtime.scheduler import Ring


class LoopClock:
    """The event loop's time. On a virtual loop hours pass in milliseconds, and every run is the same."""

    def __init__(self, epoch: datetime) -> None:
        self._epoch = epoch

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=asyncio.get_running_loop().time())

    def wait_for(self, at: datetime) -> float:
        return max(0.0, (at - self.now()).total_seconds())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


class LoopTimers:
    """Timers of the event loop itself, for virtual time: there is no wall clock to follow."""

    def __init__(self, clock: LoopClock, sweep_s: float | None = None) -> None:
        """Without `sweep_s` there are no sweeps: within one process no wake-up is lost."""
        self._clock, self._sweep_s = clock, sweep_s
        self._handles: dict[str, asyncio.TimerHandle] = {}
        self._ring: Ring | None = None

    def start(self, ring: Ring, swept: Sequence[str]) -> None:
        self._ring = ring
        if self._sweep_s is not None:
            self._sweep(swept, self._sweep_s)

    def _sweep(self, names: Sequence[str], every: float) -> None:
        if self._ring is not None:
            for name in filter(self.swept, names):
                self._ring(name)
            asyncio.get_running_loop().call_later(every, self._sweep, names, every)

    def swept(self, name: str) -> bool:  # noqa: ARG002 - a simulation spares some
        """True if this loop is swept now. A simulation overrides it."""
        return True

    def set(self, name: str, at: datetime) -> None:
        if (old := self._handles.pop(name, None)) is not None:
            old.cancel()
        if self._ring is not None:
            wait = self._clock.wait_for(at)
            self._handles[name] = asyncio.get_running_loop().call_later(wait, self._ring, name)

    def clock_was_set(self) -> None:
        """Do nothing: this clock is never corrected."""

    def stop(self) -> None:
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
        self._ring = None
