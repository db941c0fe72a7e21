"""Climbs the ladders: each rung that is due is taken, each case in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import StoreDownError
from wakeup.domain.ids import CaseId
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.climb import cases_to_climb, climb
from wakeup.usecases.store import Lane

CASES_A_CHUNK = 50
GATHER_S = 0.25
"""Every fresh case wakes us to set an alarm minutes ahead: so many of them cost one look."""


class Climber(Loop):
    name = "climb"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._failed: set[CaseId] = set()
        """Cases whose rung could not be taken in this round: tried again in the next, after everybody else."""

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        self._failed.clear()
        while True:
            now = self.engine.clock.now()
            due = await self.engine.store.read(cases_to_climb, now, CASES_A_CHUNK + len(self._failed))
            cases = [case_id for case_id in due.cases if case_id not in self._failed]
            if not cases:
                return now + self.after_trouble if self._failed else due.next_due
            for case_id in cases:
                await self._climb(case_id, now)

    async def _climb(self, case_id: CaseId, now: datetime) -> None:
        try:
            await self.engine.store.run(climb, case_id, now, lane=Lane.DISPATCH)
        except StoreDownError:
            raise
        except Exception:
            self.engine.log.exception("rung_not_taken", case_id=case_id)
            self._failed.add(case_id)
