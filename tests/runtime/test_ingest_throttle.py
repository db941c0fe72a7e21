"""The ingest throttle: a flood of events has to wait while decisions are late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.unit.builders import T0
from wakeup.domain.ids import CaseId
from wakeup.runtime.ingest_throttle import IngestThrottle
from wakeup.runtime.loops.loop import LoopParts
from wakeup.runtime.loops.settler import LATE, Settler
from wakeup.usecases.due import Due

MOMENT = timedelta(milliseconds=1)


class LateStore:
    """A Store in which a window fell due so long ago, or will fall due."""

    def __init__(self, late_by: timedelta) -> None:
        self.at = T0 - late_by

    async def look(self, *_: Any) -> Due[CaseId]:
        if self.at > T0:
            return Due(found=(), next_due=self.at)
        return Due(found=(CaseId("case_1"),), since=(self.at,), next_due=None)


async def an_event_waits(late_by: timedelta) -> bool:
    """True if an event is held up after the settler has looked at such a Store."""
    throttle = IngestThrottle()
    settler = Settler(cast("LoopParts", SimpleNamespace(store=LateStore(late_by))), throttle)
    await settler.due(T0)
    waiting = asyncio.ensure_future(throttle.wait())
    turn = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(turn.set_result, None)
    await turn
    held = not waiting.done()
    throttle.set_decisions_late(False)
    await waiting
    return held


@pytest.mark.parametrize(
    ("late_by", "held"), [(LATE + MOMENT, True), (LATE, False), (timedelta(0), False), (-timedelta(hours=1), False)]
)
def test_events_wait_while_decisions_are_late_and_go_on_when_they_are_not(late_by: timedelta, held: bool) -> None:
    assert asyncio.run(an_event_waits(late_by)) is held


def test_an_event_is_slowed_down_and_never_shut_out() -> None:
    async def story() -> None:
        throttle = IngestThrottle(at_most_s=0.001)
        throttle.set_decisions_late(True)
        await throttle.wait()

    asyncio.run(asyncio.wait_for(story(), 20))
