"""Few agents are at work: an agent who is about to take the call is not cut off, unless another one is free."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenario.colleagues import comes_to_work, says, state_of
from tests.scenario.talks import is_rung, reach
from tests.scenario.test_hand_over import NOBODY, WHISPER, asks_for_a_person
from tests.scenario.world import World
from wakeup.domain.agent import AgentEvent, AgentState
from wakeup.simulator.conference import MET
from wakeup.simulator.traffic import magic

TOO_LATE = "接听时间过了"


async def test_the_only_agent_who_listens_to_who_waits_may_take_the_call_after_20_s(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    begun = world.clock.now()
    agent = await desk.expect_call(within=5)
    await world.sleep(9)
    await agent.answers()
    await agent.hears(WHISPER)
    await world.sleep(25)
    assert world.clock.now() - begun > timedelta(seconds=30)
    await agent.presses("1")
    await call.hears(MET)
    assert await state_of(world, "ada") is AgentState.ON_CALL
    await call.hangs_up()
    await agent.ended()


@pytest.mark.settings(WAKEUP_TWILIO__MAX_CONCURRENT_CALLS="3")
async def test_in_a_wave_the_first_free_line_calls_the_agent_for_whom_a_customer_waits(world: World) -> None:
    """Sixty large payments wait for a line, and the customer on the line has a small one. The agent's phone rings as long
    as ever, though its line came late."""
    desk = await comes_to_work(world, "ada")
    call = await reach(world, n=1, minutes=60, amount="300.00", tier="medium")
    for n in range(2, 62):
        phone = f"+65912{n:03d}{magic('no_answer')}"
        await world.flag(n=n, phone=phone, amount="90000.00", tier="critical", minutes=20)
    await world.sleep(44)
    await call.presses("0")
    agent = await desk.expect_call(within=45)
    await world.sleep(6)
    await agent.answers()
    await agent.presses("1")
    await call.hears(MET)
    await call.hangs_up()
    await agent.ended()


async def test_an_agent_who_listens_and_presses_nothing_is_missed_when_the_wait_is_over(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    begun = world.clock.now()
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.ended(within=60)
    assert timedelta(seconds=44) < world.clock.now() - begun < timedelta(seconds=50)
    assert len(world.timeline("agent_missed")) == 1
    await call.hears(NOBODY, within=20)
    await call.ended()
    await (await is_rung(world, within=1800)).hangs_up()


async def test_an_agent_who_listens_gives_way_to_one_who_becomes_free(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await world.sleep(22)
    assert agent.status == "in-progress"
    other = await (await comes_to_work(world, "ben")).expect_call(within=8)
    await agent.hears(TOO_LATE)
    await agent.ended()
    assert not [words for words in agent.transcript if "Nobody" in words or "不在等" in words]
    await other.answers()
    await other.presses("1")
    await call.hears(MET)
    await call.hangs_up()
    await other.ended()


@pytest.mark.parametrize("event", [AgentEvent.LEAVE, AgentEvent.REST])
async def test_an_agent_who_leaves_while_their_phone_rings_gives_way_at_once(world: World, event: AgentEvent) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await world.sleep(2)
    ben = await comes_to_work(world, "ben")
    await says(world, "ada", event)
    other = await ben.expect_call(within=2)
    await agent.ended(within=5)
    await other.answers()
    await other.presses("1")
    await call.hears(MET)
    assert not world.timeline("agent_missed"), "they said that they would not come"
    await call.hangs_up()
    await other.ended()
