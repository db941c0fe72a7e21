"""Run the real dispatcher and planner against a phone company that is a list of call lengths, in manually advanced
time."""

from __future__ import annotations

import heapq
import logging
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, cast

import structlog

from wakeup.bench.harness import EPOCH, OURS, HandClock, flagged, open_stand
from wakeup.domain.attempt import Attempt, AttemptEvent
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition
from wakeup.runtime.hub import Hub
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.loops.loop import LoopParts
from wakeup.runtime.loops.planner import Planner
from wakeup.runtime.scheduler import Timers
from wakeup.storage.unit_of_work import MakeUnit, UnitDependencies
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.plan_lines import give_up_late, late_attempts
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.inputs import CallReport, FlaggedTransfer
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.ports import CallOrder, Placement, PostResult, Telephony
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.unit import Unit

SWEEP = timedelta(seconds=10)
DRAIN_S = 60.0


class Hall:
    """One run with one order of calling. `saved` is the total value of the calls that began in time."""

    def __init__(
        self,
        folder: Path,
        dependencies: UnitDependencies,
        account: AccountLimits,
        lengths: Sequence[float],
        *,
        make_unit: MakeUnit,
        plans: bool,
    ) -> None:
        self.saved = 0
        self.attempts: dict[AttemptId, Attempt] = {}
        self._clock = HandClock()
        self._store = open_stand(folder, dependencies, self._woken, make_unit)
        log = structlog.wrap_logger(
            structlog.PrintLogger(sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
        )
        engine = LoopParts(store=self._store, clock=self._clock, hub=Hub(), timers=cast("Timers", None), log=log)
        dialling = Dialling(account=account, from_numbers=OURS, node="bench")
        self._dispatcher = Dispatcher(engine, cast("Telephony", self), dialling)
        self._planner = Planner(engine, account, "bench", dependencies.policy.overload) if plans else None
        self._lengths = iter(lengths)
        self._events: list[tuple[datetime, int, str, Any]] = []
        self._order = count()
        self._wakes: set[str] = set()
        self._plans_at: datetime | None = None

    async def live_through(self, arrivals: Sequence[tuple[datetime, Decimal, timedelta]]) -> None:
        """Process all events, from the first arrival until nothing is left to happen."""
        for number, (at, amount, window) in enumerate(arrivals):
            self._at(at, "arrives", flagged(number, at, amount, window))
        last = max(at + window for at, _, window in arrivals)
        for n in range((last - EPOCH) // SWEEP):
            self._at(EPOCH + n * SWEEP, "sweep", None)
        while self._events:
            self._clock.at = self._events[0][0]
            while self._events and self._events[0][0] == self._clock.at:
                _, _, kind, what = heapq.heappop(self._events)
                await self._happen(kind, what)
            await self._turn()
        await self._store.close()

    async def _happen(self, kind: str, what: Any) -> None:
        now = self._clock.now()
        match kind:
            case "arrives":
                attempt = await self._store.run(_flag, what, now)
                self.attempts[attempt.id] = attempt
            case "ends":
                await self._store.run(record_progress, what[0], what[1], now)
            case "sweep":
                while late := (await self._store.look(late_attempts, now, 50)).found:
                    for attempt_id in late:
                        await self._store.run(give_up_late, attempt_id, now)
            case "plans":
                self._wakes.add("plan")
            case _:  # "again": the dispatcher looks at every turn
                pass

    async def _turn(self) -> None:
        await self._dispatch()
        if self._planner is None or "plan" not in self._wakes:
            return
        self._wakes.discard("plan")
        again = await self._planner.round()
        if again is not None and again != self._plans_at:
            self._at(again, "plans", None)
            self._plans_at = again
        await self._dispatch()

    async def _dispatch(self) -> None:
        again = await self._dispatcher.round()
        await self._dispatcher.drain(DRAIN_S)
        if again is not None:
            self._at(max(again, self._clock.at + timedelta(milliseconds=10)), "again", None)

    def _at(self, at: datetime, kind: str, what: Any) -> None:
        heapq.heappush(self._events, (at, next(self._order), kind, what))

    def _woken(self, names: frozenset[str]) -> None:
        self._wakes |= names

    async def place(self, order: CallOrder) -> Placement:
        """Implement what is needed of Telephony: accept every call, occupy its line, and end it unanswered."""
        self.saved += self.attempts[order.attempt_id].value
        sid = f"CA{order.attempt_id}"
        over = CallReport(
            call_sid=sid, event=AttemptEvent.END, disposition=Disposition.NO_ANSWER, to=order.to, from_=order.from_
        )
        ends = self._clock.at + timedelta(seconds=next(self._lengths))
        self._at(ends, "ends", (order.attempt_id, over))
        return Placement(proof=PostResult.ACCEPTED, call_sid=sid)


def _flag(unit: Unit, event: FlaggedTransfer, now: datetime) -> Attempt:
    opened = open_case(unit, event, now)
    [attempt] = unit.attempts.of_case(opened.case_id)
    return attempt
