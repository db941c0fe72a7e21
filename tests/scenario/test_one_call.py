"""One flagged transfer, one ringing phone: what the callee does, and what the payment core is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.world import MEI, World, tell
from wakeup.simulator.handset import HandsetCall


async def reach(world: World, **event: object) -> HandsetCall:
    """Flag a transfer and get as far as the payment being named."""
    phone = world.handset()
    answer = await world.flag(**event)
    assert answer.status == 202, answer.body
    assert answer.body["decision"]["decision"] == "hold"
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.hears("自动语音来电")
    assert "转账" not in " ".join(call.transcript), "nothing about the account before the right party is known"
    await call.presses("1")
    await call.hears("核对码")
    await call.presses("1")
    await call.hears("转账")
    return call


def test_who_is_woken_up_and_cancels_is_held_at_once(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        call = await reach(world)
        await call.presses("1")
        for _ in range(3):
            await call.hears("问题")
            await call.presses("3")
        await call.hears("不转了")
        await call.presses("1")
        await call.ended(within=60)
        assert await world.decided() == "hold"
        known = world.core.transfers["t_1"]
        assert not known.late

    tell(story, tmp_path)


def test_nobody_answers_and_the_transfer_is_held_in_time(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        phone = world.handset()
        await world.flag(minutes=12)
        first = await phone.expect_call(within=10)
        await first.ignores()
        second = await phone.expect_call(within=400)
        await second.ignores()
        assert await world.decided(within=720) == "hold"
        assert not world.core.transfers["t_1"].late

    tell(story, tmp_path)


@pytest.mark.parametrize("tier", ["critical", "high", "medium"])
def test_one_press_of_star_ends_the_calls_and_keeps_the_hold(tmp_path: Path, tier: str) -> None:
    async def story(world: World) -> None:
        phone = world.handset(MEI)
        await world.flag(tier=tier, minutes=10)
        call = await phone.expect_call(within=10)
        await call.answers()
        await call.presses("*")
        await call.ended(within=60)
        assert await world.decided(within=700) == "hold"
        await phone.expect_no_call(during=3600)

    tell(story, tmp_path)
