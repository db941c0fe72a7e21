"""Keep the POSTs of one node apart. What a transaction before a POST takes varies, so starts that are evenly spaced do
not yet make POSTs that are: one that is late would be followed too soon by the next, which is on time."""

from __future__ import annotations

import asyncio
from datetime import datetime

from wakeup.domain.pacing import LEAD, spacing
from wakeup.runtime.clock import Clock, pause


class Turnstile:
    """Lets one POST through at a time, not before its start and not closer to the one before than the account's rate
    allows. A lower rate, after the provider said "too fast", is in the starts already."""

    def __init__(self, clock: Clock, rate: float) -> None:
        self._clock, self._gap = clock, spacing(rate)
        self._free_at: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    def opens_at(self, now: datetime) -> datetime | None:
        """Return when to claim again if POSTs are so late that the next one would have to wait for them, else None."""
        free_at = self._soonest(now)
        return free_at - LEAD if free_at > now + LEAD else None

    async def turn(self, starts_at: datetime | None) -> None:
        """Wait for the turn of a POST."""
        async with self._one_at_a_time:
            now = self._clock.now()
            wait = self._clock.wait_for(self._soonest(now, starts_at))
            if wait > 0:
                # Not even for zero seconds otherwise: other work would come before the POST.
                await pause(wait)
            self._free_at = self._clock.now() + self._gap

    def _soonest(self, now: datetime, starts_at: datetime | None = None) -> datetime:
        wanted = max(at for at in (now, self._free_at, starts_at) if at is not None)
        # Only a clock that was set back makes it longer than this, and it must not keep the phones silent.
        return min(wanted, now + self._gap + LEAD)
