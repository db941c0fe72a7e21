"""Decides what is due, in short chunks, and gives committed decisions their place in the feed."""

from __future__ import annotations

from datetime import datetime

from wakeup.runtime.loops.loop import Loop
from wakeup.usecases.deliver import number_decisions
from wakeup.usecases.settle import settle_due

CASES_A_CHUNK = 20
DECISIONS_A_CHUNK = 500


class Settler(Loop):
    name = "settle"

    async def round(self) -> datetime | None:
        while True:
            now = self.engine.clock.now()
            settled = await self.engine.store.run(settle_due, now, CASES_A_CHUNK)
            if settled.next_due is None or settled.next_due > now:
                return settled.next_due


class Numberer(Loop):
    name = "feed"

    async def round(self) -> datetime | None:
        while await self.engine.store.run(number_decisions, DECISIONS_A_CHUNK) == DECISIONS_A_CHUNK:
            pass
        self.engine.hub.publish(("numbered",))
        return None
