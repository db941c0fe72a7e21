"""Decides what is due, each case in a transaction of its own, and gives committed decisions their place in the feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from wakeup.domain.decision import Ruling
from wakeup.domain.ids import CaseId
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.case_loop import CaseLoop
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.runtime.precedence import Precedence
from wakeup.usecases.deliver import number_decisions
from wakeup.usecases.due import Due
from wakeup.usecases.settle import cases_due
from wakeup.usecases.settle_case import settle_case
from wakeup.usecases.store import Lane

DECISIONS_A_CHUNK = 500
GATHER_S = 0.05
"""Decisions of this long get their numbers in one transaction, and windows of this long are looked at in one go."""
LATE = timedelta(milliseconds=100)
"""A small part of the margin between the moment of a decision and its deadline."""


class Settler(CaseLoop):
    name = "settle"
    a_chunk = 20
    complaint = "case_not_settled"

    def __init__(self, engine: Engine, precedence: Precedence) -> None:
        super().__init__(engine)
        self._precedence = precedence

    async def due(self, now: datetime, limit: int) -> Due[CaseId]:
        due = await self.engine.store.look(cases_due, now, limit)
        # A case that fails is late whatever waits for it.
        waiting = [at for case_id, at in zip(due.found, due.since, strict=True) if case_id not in self.apart]
        self._precedence.decisions_are_late(any(now - at > LATE for at in waiting))
        return due

    async def all_of(self, cases: Sequence[CaseId], now: datetime) -> None:
        await asyncio.gather(*(self.one(case_id, now) for case_id in cases))

    async def act(self, case_id: CaseId, now: datetime) -> None:
        await self.engine.store.run(settle_case, case_id, now)


class Newcomers(Loop):
    """Windows have opened that stay open for a while: when they close is looked up after their phones were rung, once
    for many."""

    name = "newcomers"

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        self.engine.hub.publish((Settler.name,))
        return None


class Numberer(Loop):
    name = "feed"

    def __init__(self, engine: Engine, made: Callable[[Ruling, str], None]) -> None:
        """`made` hears ruling and reason of each decision, once among all nodes."""
        super().__init__(engine)
        self._made = made

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        # Behind decisions, before events: a flood of these fills their lane, and the feed would stand still.
        full = True
        while full:
            new = await self.engine.store.run(number_decisions, DECISIONS_A_CHUNK, lane=Lane.DISPATCH)
            for ruling, reason in new:
                self._made(ruling, reason)
            full = len(new) == DECISIONS_A_CHUNK
        self.engine.hub.publish(("numbered",))
        return None
