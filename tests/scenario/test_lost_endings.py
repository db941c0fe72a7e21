"""The end of a call is not reported: nobody waits in an empty conference, and no agent is kept from the next call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenario.colleagues import comes_to_work, says
from tests.scenario.test_hand_over import GONE, HOLD, OVER, TALKED, asks_for_a_person
from tests.scenario.world import World
from wakeup.domain.agent import AgentEvent
from wakeup.simulator.conference import MET
from wakeup.usecases.agents.agents import AgentNow, read_agents

MANY = 20


def loses_room_events(world: World) -> None:
    for _ in range(MANY):
        world.company.faults.next_callback("lost", event="room")


async def ada(world: World) -> AgentNow:
    [found] = await world.service.store.read(read_agents, world.clock.now())
    return found


async def test_a_customer_who_leaves_while_waiting_is_asked_about(world: World) -> None:
    """Only the conference tells that they have left."""
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await call.hears(HOLD)
    world.company.faults.next_callback("lost", event="completed")
    await call.hangs_up()
    await agent.hears(GONE, within=10)
    await agent.ended()


async def test_an_agent_who_takes_the_call_of_a_customer_who_has_left_is_not_alone_for_long(world: World) -> None:
    """Nothing tells that the customer has left."""
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    while not world.company.ledger.of("call_fetched"):
        # The customer's call is asked about once a minute. The story begins just after that.
        await world.sleep(0.5)
    loses_room_events(world)
    world.company.faults.next_callback("lost", event="completed")
    await call.hangs_up()
    await world.sleep(4)
    await agent.answers()
    await agent.presses("1")
    begun = world.clock.now()
    await agent.hears(OVER, within=40)
    await agent.ended()
    assert world.clock.now() - begun < timedelta(seconds=35)


@pytest.mark.parametrize("first", ["customer", "agent"])
async def test_the_agents_end_is_asked_about_when_the_customers_is_known(world: World, first: str) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    assert (await ada(world)).rung
    await agent.presses("1")
    await call.hears(MET)
    await world.sleep(30)
    loses_room_events(world)
    if first == "customer":
        await call.hangs_up()
        await world.sleep(3)
        world.company.faults.next_callback("lost", event="completed")
        await agent.hears(OVER)
        await agent.ended()
    else:
        world.company.faults.next_callback("lost", event="completed")
        await agent.hangs_up()
        await call.hears(TALKED)
        await call.ended()
    await says(world, "ada", AgentEvent.BE_READY)
    assert not (await ada(world)).rung, "her phone does not ring"
    await world.sleep(15)
    assert (await ada(world)).free
