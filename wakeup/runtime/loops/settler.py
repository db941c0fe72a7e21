"""Decide what is due, each case in a transaction of its own, and number committed decisions for the feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from wakeup.domain.decision import Ruling
from wakeup.domain.ids import CaseId
from wakeup.runtime.clock import pause
from wakeup.runtime.ingest_throttle import IngestThrottle
from wakeup.runtime.loops.loop import AFTER_TROUBLE, Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.deciding.deliver import number_decisions
from wakeup.usecases.deciding.settle import cases_due
from wakeup.usecases.due import Due
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.store import Lane

CASES_A_CHUNK = 20
DECISIONS_A_CHUNK = 500
GATHER_S = 0.05
"""Seconds over which decisions are gathered to be numbered in one transaction, and new windows to be read in one
query."""
LATE = timedelta(milliseconds=100)
"""When a decision counts as late: a small part of the margin between the moment of a decision and its deadline."""


class Settler(Loop):
    name = "settle"

    def __init__(self, engine: LoopParts, throttle: IngestThrottle) -> None:
        super().__init__(engine)
        self._throttle = throttle
        # Decided within a second of the end of its trouble: between settling and the deadline there are two, and a
        # later transfer of the same case may fall due at any moment.
        self.items: PerItem[CaseId] = PerItem(engine, "case_not_settled", "case_id", longest_rest=AFTER_TROUBLE)

    async def round(self) -> datetime | None:
        while True:
            now = self.engine.clock.now()
            due = await self.due(now)
            if not await self.items.some(due, self.act, now):
                return self.items.again(now, due.next_due)

    async def due(self, now: datetime) -> Due[CaseId]:
        due = await self.engine.store.look(cases_due, now, CASES_A_CHUNK + len(self.items))
        # A case that keeps failing is late whatever else happens, so it is not counted.
        waiting = [at for case_id, at in zip(due.found, due.since, strict=True) if case_id not in self.items]
        self._throttle.set_decisions_late(any(now - at > LATE for at in waiting))
        return due

    async def act(self, case_id: CaseId, now: datetime) -> None:
        await self.engine.store.run(settle_case, case_id, now)


class Newcomers(Loop):
    """Wake the settler for new windows that stay open for a while, once for many of them.

    When they close is looked up after their calls have been placed.
    """

    name = "newcomers"

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        self.engine.hub.publish((Settler.name,))
        return None


class Numberer(Loop):
    name = "feed"

    def __init__(self, engine: LoopParts, made: Callable[[Ruling, str], None]) -> None:
        """`made` is called with ruling and reason of each decision, once per decision among all nodes."""
        super().__init__(engine)
        self._made = made

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        # In the lane behind decisions and before events: a flood of events fills their lane, and the feed would
        # stand still.
        full = True
        while full:
            new = await self.engine.store.run(number_decisions, DECISIONS_A_CHUNK, lane=Lane.DISPATCH)
            for ruling, reason in new:
                self._made(ruling, reason)
            full = len(new) == DECISIONS_A_CHUNK
        self.engine.hub.publish(("numbered",))
        return None
