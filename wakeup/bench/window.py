"""Measure under overload how much of what could be saved each order of calling saves, with the real dispatcher.

Time is advanced manually from one event to the next. The n-th call lasts the same, whoever is called, and lines
are never idle, so what a clairvoyant could save is known exactly. The old orders (worth, deadline, first come)
exist only here.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from wakeup.bench.harness import EPOCH, dependencies_for
from wakeup.bench.line_model import Hall
from wakeup.bench.optimum import Chance, clairvoyant, starts
from wakeup.domain.attempt import Attempt
from wakeup.domain.plan import CutOff
from wakeup.domain.policy import Policy
from wakeup.storage.prepared import Link
from wakeup.storage.repositories.waiting import SqlWaitingRoom
from wakeup.storage.unit_of_work import SqlUnit, UnitDependencies, unit_maker
from wakeup.usecases.ringing.pacing import AccountLimits

LINES, CALLS_PER_SECOND = 20, 100.0
CALL_S, SPREAD, SHORTEST_S = 80.0, 0.67, 20.0
"""Length of calls in seconds, log-normal: median, sigma, and minimum."""
WINDOWS_MIN = (3, 10, 30, 60)
TYPICAL, SPREAD_OF_SUMS = 8.0, 1.3
"""Amounts, log-normal: e to the 8th is about 3,000."""
MANY = 10_000
Key = Callable[[Attempt], Any]
OLD_ORDERS: dict[str, Key] = {
    "value": lambda attempt: -attempt.value,
    "deadline": lambda attempt: attempt.latest_start,
    "fifo": lambda attempt: (attempt.due_at, attempt.id),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The result: each order's share of the clairvoyant optimum."""

    load: float
    seed: int
    attempts: int
    lines: int
    plan: float
    guard: float
    value: float
    deadline: float
    fifo: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    at: datetime
    amount: Decimal
    window: timedelta


class OldOrder(SqlWaitingRoom):
    """Hands out waiting attempts in one fixed order, whatever the cut-off."""

    def __init__(self, link: Link, key: Key) -> None:
        super().__init__(link)
        self._key = key

    def pressing(self, cut_off: CutOff, now: datetime, limit: int) -> Sequence[Attempt]:  # noqa: ARG002
        due = [attempt for attempt in super().first_due(now, MANY) if attempt.latest_start >= now]
        return sorted(due, key=self._key)[:limit]


class OldUnit(SqlUnit):
    def __init__(self, key: Key, dependencies: UnitDependencies, connection: Any) -> None:
        super().__init__(connection, dependencies)
        self.waiting = OldOrder(Link(connection), key)


async def bench_window(folder: Path, policy: Policy, load: float, minutes: int, seed: int) -> Window:
    """Run the same day once for each order."""
    dice = Random(seed)  # noqa: S311 - a bench keeps no secret
    arrivals = _arrivals(dice, load, minutes)
    lengths = [max(SHORTEST_S, dice.lognormvariate(math.log(CALL_S), SPREAD)) for _ in range(20 * len(arrivals))]
    policy = replace(policy, calling=replace(policy.calling, max_calls_per_case=1))
    alone = replace(policy, overload=replace(policy.overload, share=0.0))
    halls: dict[str, Hall] = {}
    for name in ("plan", "guard", *OLD_ORDERS):
        dependencies = dependencies_for(policy if name in {"plan", "guard"} else alone, seed)
        key = OLD_ORDERS.get(name)
        hall = Hall(
            folder / name,
            dependencies,
            AccountLimits(name="AC", calls_per_second=CALLS_PER_SECOND, max_concurrent=LINES),
            lengths,
            make_unit=unit_maker(dependencies) if key is None else partial(OldUnit, key, dependencies),
            plans=name == "plan",
        )
        await hall.live_through([(one.at, one.amount, one.window) for one in arrivals])
        halls[name] = hall
        await asyncio.sleep(0)  # noqa: TID251 - no time passes: an interrupt gets its turn
    best = _best(halls["plan"], lengths)
    shares = {name: round(hall.saved / best, 4) for name, hall in halls.items()}
    return Window(load=load, seed=seed, attempts=len(arrivals), lines=LINES, **shares)


def _arrivals(dice: Random, load: float, minutes: int) -> list[Arrival]:
    """Make arrivals: a crowd at the start, so that no line is ever idle, then `load` times what the lines can carry."""
    mean = CALL_S * math.exp(SPREAD**2 / 2)
    moments = [0.0] * int(2 * LINES * load)
    at = 0.0
    while (at := at + dice.expovariate(load * LINES / mean)) < minutes * 60:
        moments.append(at)
    return [
        Arrival(
            at=EPOCH + timedelta(seconds=moment),
            amount=Decimal(f"{max(1.0, dice.lognormvariate(TYPICAL, SPREAD_OF_SUMS)):.2f}"),
            window=timedelta(minutes=dice.choice(WINDOWS_MIN)),
        )
        for moment in moments
    ]


def _best(hall: Hall, lengths: Sequence[float]) -> int:
    def seconds(at: datetime) -> float:
        return (at - EPOCH).total_seconds()

    chances = [
        Chance(arrives=seconds(one.due_at), latest=seconds(one.latest_start), value=one.value)
        for one in hall.attempts.values()
    ]
    return clairvoyant(chances, starts(lengths, LINES, max(chance.latest for chance in chances)))
