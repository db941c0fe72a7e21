"""A loop over cases that fall due: each in a transaction of its own, and a bad one keeps nobody waiting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from wakeup.domain.ids import CaseId
from wakeup.runtime.loops.apart import Apart
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.due import Due


class CaseLoop(Loop):
    """Takes what is due, chunk by chunk, until nothing is."""

    a_chunk: ClassVar[int]
    complaint: ClassVar[str]
    """What the log says of a case that failed."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.apart: Apart[CaseId] = Apart(engine, self.complaint, "case_id")

    @abstractmethod
    async def due(self, now: datetime, limit: int) -> Due[CaseId]:
        """The cases that are due, oldest first, and when the next one is."""

    @abstractmethod
    async def act(self, case_id: CaseId, now: datetime) -> None:
        """Do what is due in one case."""

    async def all_of(self, cases: Sequence[CaseId], now: datetime) -> None:
        """One after the other; whose cases are in a hurry takes them together."""
        for case_id in cases:
            await self.one(case_id, now)

    async def round(self) -> datetime | None:
        while True:
            now = self.engine.clock.now()
            due = await self.due(now, self.a_chunk + len(self.apart))
            cases = self.apart.awake(due.found, now)
            if not cases:
                return self.apart.again(now, due.next_due)
            await self.all_of(cases, now)

    async def one(self, case_id: CaseId, now: datetime) -> None:
        await self.apart.one(case_id, self.act(case_id, now), now)
