"""The money is gone, and a customer who contests it waits for a colleague. Neither hears that it is on hold."""

from __future__ import annotations

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.talks import reach
from tests.scenario.test_gone_meanwhile import gone, reach_one_of_two
from tests.scenario.world import World
from wakeup.simulator.conference import MET

HOLD, WHISPER = "正在为您接通同事", "Wakeup 转接电话"


@pytest.mark.parametrize("how", ["released", "let_go"])
@pytest.mark.parametrize("two", [False, True])
async def test_a_colleague_hears_that_the_payment_they_wait_about_has_gone(world: World, how: str, two: bool) -> None:
    """With another payment that is still on hold, the hand-over is about the one that has gone."""
    world.expects("alarm")
    desk = await comes_to_work(world, "ada")
    call = await (reach_one_of_two(world) if two else reach(world, tier="medium"))
    await gone(world, how)
    await call.presses("2")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.hears(WHISPER)
    whisper = await agent.hears("客户说不是本人操作")
    assert "约五千" in whisper
    assert "已经放行" in whisper
    await agent.presses("1")
    await call.hears(MET)
    await agent.hangs_up()
    await call.ended()


@pytest.mark.parametrize("two", [False, True])
async def test_a_colleague_hears_of_no_hold_that_the_core_has_not_confirmed(world: World, two: bool) -> None:
    """The customer's answer recalls the allow. Until the payment core has answered, the money may have left."""
    world.expects("alarm")
    desk = await comes_to_work(world, "ada")
    call = await (reach_one_of_two(world) if two else reach(world, tier="medium"))
    world.core.next_fault(*["500"] * 40)
    await gone(world, "let_go")
    await call.presses("2")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    whisper = await agent.hears("客户说不是本人操作")
    assert "约五千" in whisper and "已经放行" in whisper
    await agent.presses("1")
    await call.hears(MET)
    await agent.hangs_up()
    await call.ended()
    assert len(world.timeline("allow_called_back")) == 1


@pytest.mark.parametrize("how", ["released", "cancelled_in_app"])
async def test_a_customer_in_despair_is_brought_an_agent_though_nothing_is_left_to_talk_about(
    world: World, how: str
) -> None:
    """The colleague's call was queued at the phone company for a moment, and was once cut as too late."""
    if how == "released":
        world.expects("alarm")
    desk = await comes_to_work(world, "ada")
    call = await reach(world, tier="medium")
    await world.news(how)
    await call.says("我不想活了")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await call.hears(MET)
    await agent.hangs_up()
    await call.hangs_up()


async def test_a_customer_who_says_that_the_money_has_gone_does_not_hear_while_waiting_that_it_is_there(
    world: World,
) -> None:
    desk = await comes_to_work(world, "ada")
    call = await reach(world, tier="medium")
    heard = len(call.transcript)
    await call.says("钱已经转了")
    agent = await desk.expect_call(within=5)
    await call.hears(HOLD)
    assert not any("还在" in piece for piece in call.transcript[heard:]), call.transcript
    await agent.rejects()
    await call.hangs_up()
