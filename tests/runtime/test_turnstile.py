"""The POSTs of one node keep their distance, whatever the transactions before them took."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from tests.unit.builders import T0
from wakeup.domain.pacing import LEAD
from wakeup.runtime.clock import LoopClock, pause
from wakeup.runtime.loops.turnstile import Turnstile
from wakeup.simulator.virtual_loop import run


def posted_at(rate: float, *posts: tuple[float, float]) -> Sequence[float]:
    """Return when each POST goes out: the second number is its start, the first when its intent was committed."""
    gone: list[float] = []

    async def post(turnstile: Turnstile, ready: float, starts: float) -> None:
        await pause(ready)
        await turnstile.turn(T0 + timedelta(seconds=starts))
        gone.append(round(asyncio.get_running_loop().time(), 4))

    async def story() -> None:
        turnstile = Turnstile(LoopClock(T0), rate)
        await asyncio.gather(*(post(turnstile, *one) for one in posts))

    run(story())
    return gone


def test_on_an_idle_node_a_post_waits_for_nothing() -> None:
    assert posted_at(5, (0, 0)) == [0]


def test_a_post_that_is_ready_early_waits_for_its_start() -> None:
    assert posted_at(5, (0.18, 0.2)) == [0.2]


def test_what_follows_a_late_post_keeps_its_distance() -> None:
    assert posted_at(5, (0.15, 0), (0.18, 0.2), (0.55, 0.4), (0.55, 0.6)) == [0.15, 0.35, 0.55, 0.75]


def test_a_node_that_is_late_claims_nothing_until_its_posts_have_gone_out() -> None:
    async def story() -> None:
        turnstile, now = Turnstile(LoopClock(T0), 5), T0
        assert turnstile.opens_at(now) is None
        await turnstile.turn(now)
        assert turnstile.opens_at(now) == now + timedelta(seconds=0.2) - LEAD
        assert turnstile.opens_at(now + timedelta(seconds=0.2) - LEAD) is None

    run(story())


def test_a_clock_that_was_set_back_keeps_no_phone_silent() -> None:
    async def story() -> float:
        clock = LoopClock(T0)
        turnstile = Turnstile(clock, 5)
        await turnstile.turn(T0)
        clock._epoch -= timedelta(hours=1)
        await turnstile.turn(clock.now())
        return asyncio.get_running_loop().time()

    assert run(story()) < 0.3
