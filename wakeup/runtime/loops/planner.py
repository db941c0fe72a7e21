"""Plan the lines while more is due than they can carry, and give up attempts that ran out of time. Idle otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.ids import AttemptId
from wakeup.domain.overload import Overload
from wakeup.domain.rest import NO_REST, Rest
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.dispatch.plan_lines import give_up_late, late_attempts, make_plan, publish_plan
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.store import Lane

LATE_A_CHUNK = 20
REST = 5
"""Planning takes at most one part in `REST` of the time."""


class Planner(Loop):
    name = "plan"

    def __init__(self, engine: LoopParts, account: AccountLimits, node: str, overload: Overload) -> None:
        super().__init__(engine)
        self._account, self._node, self._overload = account, node, overload
        self._late: PerItem[AttemptId] = PerItem(engine, "attempt_not_given_up", "attempt_id")
        self._rest = NO_REST
        """The pause after a plan. A new plan wakes the dispatcher, and a dispatcher without a line wakes this loop:
        only time may end the pause."""

    async def round(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        began, began_s = clock.now(), clock.monotonic()
        if self._rest.holds(began):
            return self._rest.until
        plan = await store.read(make_plan, self._account, self._node, began)
        if plan is None:
            # The dispatcher wakes this loop when it finds no free line, or more due than lines.
            return None
        await store.run(publish_plan, plan, clock.now(), lane=Lane.DISPATCH)
        _ = await self._late.all(late_attempts, self._give_up, LATE_A_CHUNK)
        # A clock that is set forward meanwhile must not make the planner rest.
        took = timedelta(seconds=clock.monotonic() - began_s)
        ended = clock.now()
        self._rest = Rest(ended, ended + max(self._overload.plan_every, took * REST))
        return self._rest.until

    async def _give_up(self, attempt_id: AttemptId, now: datetime) -> None:
        await self.engine.store.run(give_up_late, attempt_id, now, lane=Lane.DISPATCH)
