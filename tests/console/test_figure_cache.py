"""Figures that take long to count are counted one at a time, and kept for a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from wakeup.web.console.app import FIGURES_FRESH_S as FRESH_S
from wakeup.web.console.app import MOST_FIGURES
from wakeup.web.console.shared_reads import SharedReads


@dataclass
class Counting:
    """Countings that the test lets end."""

    now: float = 0.0
    begun: list[int] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False

    async def count(self, days: int) -> str:
        self.begun.append(days)
        await self.may_end.wait()
        if self.fails:
            raise RuntimeError("away")
        return f"{days} days, {len(self.begun)}"


def told(story: Callable[[Counting, SharedReads[int, str]], Awaitable[None]]) -> None:
    async def run() -> None:
        counting = Counting()
        cache = SharedReads(counting.count, lambda: counting.now, FRESH_S, MOST_FIGURES, asyncio.Lock())
        await asyncio.wait_for(story(counting, cache), 20)

    asyncio.run(run())


async def others_work() -> None:
    for _ in range(9):
        await asyncio.sleep(0)


def test_all_who_look_share_one_counting_for_a_minute() -> None:
    async def story(counting: Counting, cache: SharedReads[int, str]) -> None:
        counting.may_end.set()
        assert [*await asyncio.gather(cache.read(7), cache.read(7))] == ["7 days, 1"] * 2
        counting.now = FRESH_S
        assert await cache.read(7) == "7 days, 1"
        counting.now += 1
        assert await cache.read(7) == "7 days, 2"

    told(story)


def test_two_spans_are_not_counted_beside_each_other() -> None:
    async def story(counting: Counting, cache: SharedReads[int, str]) -> None:
        both = asyncio.gather(cache.read(7), cache.read(90))
        await others_work()
        assert counting.begun == [7]
        counting.may_end.set()
        assert [*await both] == ["7 days, 1", "90 days, 2"]

    told(story)


def test_who_does_not_wait_sees_what_was_counted_before() -> None:
    async def story(counting: Counting, cache: SharedReads[int, str]) -> None:
        assert await cache.read_within(7, 0) is None
        await others_work()
        counting.may_end.set()
        assert await cache.read(7) == "7 days, 1", "the counting went on"
        counting.may_end.clear()
        counting.now += FRESH_S + 1
        assert await cache.read_within(7, 0) == "7 days, 1"

    told(story)


def test_a_browser_that_leaves_or_a_counting_that_fails_spoils_nothing() -> None:
    async def story(counting: Counting, cache: SharedReads[int, str]) -> None:
        leaves, stays = (asyncio.create_task(cache.read(7)) for _ in range(2))
        await others_work()
        leaves.cancel()
        counting.fails = True
        counting.may_end.set()
        with pytest.raises(RuntimeError, match="away"):
            await stays
        counting.fails = False
        assert await cache.read(7) == "7 days, 2"

    told(story)
