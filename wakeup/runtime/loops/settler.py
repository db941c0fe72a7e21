"""Decides what is due, each case in a transaction of its own, and gives committed decisions their place in the feed."""

from __future__ import annotations

import asyncio
from datetime import datetime

from wakeup.domain.errors import StoreDownError
from wakeup.domain.ids import CaseId
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.deliver import number_decisions
from wakeup.usecases.settle import cases_due
from wakeup.usecases.settle_case import settle_case
from wakeup.usecases.store import Lane

CASES_A_CHUNK = 20
DECISIONS_A_CHUNK = 500
GATHER_S = 0.05
"""Decisions of this long get their numbers in one transaction."""


class Settler(Loop):
    name = "settle"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._failed: set[CaseId] = set()
        """Cases that could not be settled in this round: tried again in the next, after everybody else."""

    async def round(self) -> datetime | None:
        self._failed.clear()
        while True:
            now = self.engine.clock.now()
            due = await self.engine.store.read(cases_due, now, CASES_A_CHUNK + len(self._failed))
            cases = [case_id for case_id in due.cases if case_id not in self._failed]
            if not cases:
                return now + self.after_trouble if self._failed else due.next_due
            await asyncio.gather(*(self._settle(case_id, now) for case_id in cases))

    async def _settle(self, case_id: CaseId, now: datetime) -> None:
        try:
            await self.engine.store.run(settle_case, case_id, now)
        except StoreDownError:
            raise
        except Exception:
            self.engine.log.exception("case_not_settled", case_id=case_id)
            self._failed.add(case_id)


class Numberer(Loop):
    name = "feed"

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        # The last lane: a reader of the feed can wait, a phone that must ring cannot.
        while await self.engine.store.run(number_decisions, DECISIONS_A_CHUNK, lane=Lane.INGEST) == DECISIONS_A_CHUNK:
            pass
        self.engine.hub.publish(("numbered",))
        return None
