"""Climbs the ladders: each rung that is due is taken."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.ids import CaseId
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.case_loop import CaseLoop
from wakeup.usecases.climb import cases_to_climb, climb
from wakeup.usecases.due import Due
from wakeup.usecases.store import Lane

GATHER_S = 0.25
"""Every fresh case wakes us to set an alarm minutes ahead: so many of them cost one look."""


class Climber(CaseLoop):
    name = "climb"
    a_chunk = 50
    complaint = "rung_not_taken"

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        return await super().round()

    async def due(self, now: datetime, limit: int) -> Due[CaseId]:
        return await self.engine.store.look(cases_to_climb, now, limit)

    async def act(self, case_id: CaseId, now: datetime) -> None:
        await self.engine.store.run(climb, case_id, now, lane=Lane.DISPATCH)
