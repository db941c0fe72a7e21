"""Dispatcher and planner wake each other, on a real database while time stands still: they must come to rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from tests.unit.builders import T0
from tests.unit.desk import Desk
from tests.unit.test_last_checks import NIGHT_IN_SINGAPORE, told
from wakeup.domain.pacing import PAUSED
from wakeup.domain.transfer import Tier
from wakeup.runtime.clock import SystemClock
from wakeup.runtime.hub import Hub
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.loops.loop import LoopParts
from wakeup.runtime.loops.planner import REST, Planner
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.plan_lines import publish_plan
from wakeup.usecases.ports import CallOrder, Placement, PostResult, Telephony
from wakeup.usecases.ringing.pacing import AccountLimits, stop_dialling

MAX_ROUNDS = 50
SECOND = timedelta(seconds=1)


class StoppedClock(SystemClock):
    """Returns the time it was set to."""

    at = T0
    seconds = 0.0

    def now(self) -> Any:
        return self.at

    def monotonic(self) -> float:
        return self.seconds


class Node:
    """A dispatcher and a planner, woken by their own commits, with a phone company that accepts every call."""

    def __init__(self, account: AccountLimits) -> None:
        self.desk, self.clock, self.hub = Desk(), StoppedClock(), Hub()
        self.asked: list[str] = []
        self.posted: list[str] = []
        engine = cast(
            "LoopParts", SimpleNamespace(store=self, clock=self.clock, hub=self.hub, log=structlog.get_logger())
        )
        dialling = Dialling(account=account, from_numbers=("+6531580001",), node="n")
        planner = Planner(engine, account, "n", self.desk.run(lambda unit: unit.policy.overload))
        self.loops = (Dispatcher(engine, cast("Telephony", self), dialling), planner)

    async def run(self, use_case: Callable[..., Any], /, *args: Any, lane: object = None) -> Any:
        self.asked.append(use_case.__name__)
        answer = self.desk.run(use_case, *args)
        self.hub.publish(self.desk.wakes)
        return answer

    read = look = run

    async def place(self, order: CallOrder) -> Placement:
        self.posted.append(order.attempt_id)
        return Placement(proof=PostResult.ACCEPTED, call_sid=f"CA{order.attempt_id}")

    def comes_to_rest(self) -> int:
        """The number of rounds until no loop is woken any more; MAX_ROUNDS if that never happens."""

        async def story() -> int:
            woken = [self.hub.loop_event(loop.name) for loop in self.loops]
            for event in woken:
                event.set()
            for rounds in range(MAX_ROUNDS):
                turn = next((n for n, event in enumerate(woken) if event.is_set()), None)
                if turn is None:
                    return rounds
                woken[turn].clear()
                await self.loops[turn].round()
                await self.loops[turn].drain(5)
            return MAX_ROUNDS

        with structlog.testing.capture_logs():
            return asyncio.run(story())

    def plans_made(self) -> int:
        return self.asked.count(publish_plan.__name__)


def test_the_loops_plan_once_a_second_and_rest_without_a_free_line() -> None:
    node = Node(AccountLimits(name="AC", calls_per_second=100, max_concurrent=1))
    for n in range(8):
        node.desk.flag(n, minutes=30)
    for n in range(1, 4):
        assert node.comes_to_rest() < MAX_ROUNDS
        assert (node.plans_made(), len(node.posted)) == (n, 1)
        node.clock.at += SECOND


@pytest.mark.parametrize("step", [timedelta(), timedelta(minutes=10), timedelta(minutes=-10)])
@pytest.mark.parametrize(("took_s", "rests_s"), [(0.1, 1), (2, 2 * REST)])
def test_the_planner_rests_as_long_as_planning_took_however_the_clock_is_set(
    step: timedelta, took_s: float, rests_s: float
) -> None:
    """A clock that was set forward by ten minutes during a plan silenced the planner for fifty."""
    node = Node(AccountLimits(name="AC", calls_per_second=1, max_concurrent=1))
    for n in range(3):
        node.desk.flag(n, minutes=180)

    async def read(use_case: Callable[..., Any], /, *args: Any) -> Any:
        node.clock.at += step + timedelta(seconds=took_s)
        node.clock.seconds += took_s
        return node.desk.run(use_case, *args)

    node.read = read  # type: ignore[assignment]
    again = asyncio.run(node.loops[1].round())
    assert again is not None and node.plans_made() == 1
    assert again - node.clock.at == timedelta(seconds=rests_s)


def test_the_loops_rest_while_dialling_is_stopped() -> None:
    node = Node(AccountLimits(name="AC", calls_per_second=100, max_concurrent=100))
    node.desk.run(stop_dialling, "AC", PAUSED, T0 + timedelta(days=1), T0)
    for n in range(8):
        node.desk.flag(n, minutes=30)
    assert node.comes_to_rest() < MAX_ROUNDS
    assert (node.plans_made(), node.posted) == (1, [])


def test_claims_that_may_not_ring_give_their_starts_to_those_that_may() -> None:
    node = Node(AccountLimits(name="AC", calls_per_second=100, max_concurrent=100))
    node.clock.at = NIGHT_IN_SINGAPORE
    for n in range(7):
        node.desk.flag(n, NIGHT_IN_SINGAPORE, minutes=5)
    for n in (8, 9):
        node.desk.flag(n, NIGHT_IN_SINGAPORE, minutes=60, tier=Tier.CRITICAL, amount=Decimal(400))
    assert node.comes_to_rest() < MAX_ROUNDS
    assert len(node.posted) == 2, "within the same moment"
    assert len(told(node.desk, "attempt_suppressed")) == 7
    assert node.desk.run(lambda unit: unit.lines.granted("AC")) == 2
