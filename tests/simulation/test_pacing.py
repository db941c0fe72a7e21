"""Many transfers are flagged at one moment, and three nodes start calls: what the phone company sees of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.storage.migrated import copied
from wakeup.runtime.clock import pause
from wakeup.simulation import stage
from wakeup.simulation.loop import run
from wakeup.simulation.stage import CALLS_PER_SECOND, DELAY_S, EPOCH, Stage
from wakeup.simulator.traffic import generate

CASES, NODES, AT_ONCE = 40, 3, EPOCH + timedelta(seconds=10)
ON_THE_WAY = timedelta(seconds=10 * DELAY_S[1])
"""More than the way of a POST varies by."""


def posts(folder: Path) -> list[datetime]:
    """Return when the phone company received each POST."""

    async def story() -> list[datetime]:
        async with Stage(folder, 28, NODES, frozenset()) as world:
            world.company.calls_per_second = 100.0
            for event in generate(CASES, 28, AT_ONCE, 0.001):
                await world.bank.flag(event)
            await pause(60)
            return [datetime.fromisoformat(row["at"]) for row in world.company.ledger.of("post_received")]

    return run(story())


def test_no_second_sees_more_posts_than_the_rate_and_none_is_left_unused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "upgrade", copied)
    at = posts(tmp_path)
    begun = [one for one in at if one < at[0] + timedelta(seconds=6)]
    assert len(begun) >= 6 * CALLS_PER_SECOND - 1, "no start is lost"
    for one in begun:
        within = [other for other in at if one <= other < one + timedelta(seconds=1)]
        assert len(within) <= CALLS_PER_SECOND + 1
        assert len([other for other in within if other < one + timedelta(seconds=1) - ON_THE_WAY]) <= CALLS_PER_SECOND
