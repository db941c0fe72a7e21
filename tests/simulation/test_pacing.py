"""Many transfers are flagged at one moment, and nodes start calls: what the phone company sees of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.storage.migrated import copied
from wakeup.runtime.clock import pause
from wakeup.simulation import stage
from wakeup.simulation.database import SimulatedStore
from wakeup.simulation.loop import run
from wakeup.simulation.stage import CALLS_PER_SECOND, EPOCH, Stage
from wakeup.simulator.traffic import generate
from wakeup.usecases.store import Lane

CASES, NODES, AT_ONCE = 40, 3, EPOCH + timedelta(seconds=10)
SLOW_S = 0.08
"""By so much each packet may be late in the first half second: so the first calls are late, and what follows is not."""


def posts(folder: Path, nodes: int = NODES, cases: int = CASES) -> list[datetime]:
    """Return when the phone company received each POST."""

    async def story() -> list[datetime]:
        async with Stage(folder, 28, nodes, frozenset()) as world:
            world.company.calls_per_second, world.slow_s = 100.0, SLOW_S
            flags = [asyncio.create_task(world.bank.flag(event)) for event in generate(cases, 28, AT_ONCE, 0.001)]
            await pause((AT_ONCE - world.clock.now()).total_seconds() + 0.5)
            world.slow_s = 0.0
            await asyncio.gather(*flags)
            await pause(60)
            return [datetime.fromisoformat(row["at"]) for row in world.company.ledger.of("post_received")]

    return run(story())


def slow_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction of the dispatcher takes 60 ms, longer than from one start to the next."""
    begin = SimulatedStore.run

    async def run_slowly(self: SimulatedStore, *args: Any, lane: Lane = Lane.DECIDE, **more: Any) -> Any:
        result = await begin(self, *args, lane=lane, **more)
        if lane is Lane.DISPATCH:
            await pause(0.06)
        return result

    monkeypatch.setattr(SimulatedStore, "run", run_slowly)


def test_slow_transactions_lose_no_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rate = 20
    monkeypatch.setattr(stage, "upgrade", copied)
    monkeypatch.setattr(stage, "CALLS_PER_SECOND", rate)
    slow_transactions(monkeypatch)
    at = posts(tmp_path, nodes=1, cases=3 * rate)
    in_two_seconds = [one for one in at if one < at[0] + timedelta(seconds=2)]
    assert 2 * rate - 1 <= len(in_two_seconds) <= 2 * rate + 2


def test_no_second_sees_more_than_one_post_above_the_rate_and_no_start_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "upgrade", copied)
    at = posts(tmp_path)
    begun = [one for one in at if one < at[0] + timedelta(seconds=6)]
    assert len(begun) >= 6 * CALLS_PER_SECOND - 1
    second = timedelta(seconds=1)
    assert max(sum(one <= other < one + second for other in at) for one in at) <= CALLS_PER_SECOND + 1
