"""Climb the ladders: take each rung that is due."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.ids import CaseId
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.ladder.climb import cases_to_climb, climb
from wakeup.usecases.store import Lane

CASES_A_CHUNK = 50
GATHER_S = 0.25
"""Seconds to wait before a round. Every new case wakes the loop, only to set a timer minutes ahead; the pause lets
many of them share one query."""


class Climber(Loop):
    name = "climb"

    def __init__(self, engine: LoopParts) -> None:
        super().__init__(engine)
        self._items: PerItem[CaseId] = PerItem(engine, "rung_not_taken", "case_id")

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        store, clock = self.engine.store, self.engine.clock
        while True:
            now = clock.now()
            due = await store.look(cases_to_climb, now, CASES_A_CHUNK + len(self._items))
            cases = self._items.awake(due.found, now)
            if not cases:
                return self._items.again(now, due.next_due)
            # One after the other, so that a call due now does not have to wait for all of them.
            for case_id in cases:
                await self._items.one(case_id, store.run(climb, case_id, now, lane=Lane.DISPATCH), now)
