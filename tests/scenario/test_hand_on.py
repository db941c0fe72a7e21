"""An agent hands a customer on: the customer waits again, another agent is rung and briefed, none is rung twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.scenario.colleagues import NUMBERS, comes_to_work, says, state_of
from tests.scenario.talks import is_rung, reach
from tests.scenario.world import World, plain
from wakeup.domain.agent import AgentEvent, AgentState, Skill
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.staff import StaffId
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import Handset, HandsetCall
from wakeup.usecases.conference.hand_on import hand_on
from wakeup.usecases.review.review import Order

ANOTHER, HOLD, FROM_COLLEAGUE, OVER = "正在为您转接另一位同事", "正在为您接通同事", "同事转来", "通话结束了"
NOBODY, MAY_LISTEN = "同事这会儿都在忙", "主管可能会旁听"


async def talk(world: World) -> tuple[HandsetCall, HandsetCall]:
    """A customer and agent Ada, joined."""
    call = await reach(world, minutes=40)
    await call.presses("0")
    agent = await world.handset(NUMBERS["ada"]).expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await agent.hears(MET)
    return call, agent


async def both_at_work(world: World) -> Handset:
    await comes_to_work(world, "ada")
    await world.sleep(1)
    return await comes_to_work(world, "ben")


async def hands_on(world: World, name: str = "ada", skill: Skill | None = None) -> None:
    [one] = await world.service.store.read(lambda unit: unit.hand_overs.open())
    order = Order(staff_id=StaffId(f"usr_{name}"), case_id=one.case_id, version=0, text="she is frightened")
    await world.service.store.run(hand_on, order, skill, world.clock.now())


def waits(world: World) -> list[int]:
    """The turns of the customer's call in which they were asked to wait."""
    return [row["n"] for row in world.timeline("hand_over_begun")]


async def test_the_customer_waits_once_more_and_the_next_agent_takes_the_call(world: World) -> None:
    bens = await both_at_work(world)
    call, agent = await talk(world)
    await world.sleep(20)
    await hands_on(world)
    await call.hears(ANOTHER, within=5)
    second = await bens.expect_call(within=5)
    await second.answers()
    assert FROM_COLLEAGUE in await second.hears("陈美玲")
    await call.hears(HOLD)
    await second.presses("1")
    await second.hears(MET)
    await agent.hears(OVER)
    await agent.ended()
    assert await state_of(world, "ada") is AgentState.WRAP_UP
    await world.sleep(5)
    assert call.status == second.status == "in-progress"
    assert await state_of(world, "ben") is AgentState.ON_CALL
    await second.hangs_up()
    await call.hears("跟同事的通话结束了")
    await call.ended()
    assert [row["by"] for row in world.timeline("person_joined")] == ["ada", "ben"]
    [told] = world.timeline("review_handed_on")
    assert told["by"] == "ada"
    first, again = waits(world)
    assert again == first + 1
    assert len({row["room"] for row in world.company.ledger.of("room_entered")}) == 2
    assert world.rang(NUMBERS["ada"]) == world.rang(NUMBERS["ben"]) == 1
    assert not any(NUMBERS["ben"] in plain(url) for url in world.company.asked)
    assert [row["how"] for row in world.timeline("person_left")] == ["talked"]
    assert await world.decided(within=3600) == "hold"


async def test_a_customer_whom_no_agent_takes_is_told_when_we_call_and_is_called(world: World) -> None:
    bens = await both_at_work(world)
    call, agent = await talk(world)
    await hands_on(world)
    ring = await bens.expect_call(within=5)
    await agent.ended()
    await says(world, "ada", AgentEvent.BE_READY)
    await ring.ended(within=30)
    await call.hears(NOBODY, within=60)
    await call.ended()
    assert world.rang(NUMBERS["ada"]) == 1, "whoever handed them on is not asked to take them back"
    [wished] = world.timeline("callback_wished")
    at = datetime.fromisoformat(wished["due_at"])
    again = await is_rung(world, within=1800)
    assert timedelta() <= world.clock.now() - at < timedelta(seconds=60)
    await again.hangs_up()


async def test_while_no_other_agent_is_free_the_customer_stays_in_the_talk(world: World) -> None:
    await comes_to_work(world, "ada")
    call, agent = await talk(world)
    with pytest.raises(ConflictError, match="the customer stays with you"):
        await hands_on(world)
    await comes_to_work(world, "ben")
    with pytest.raises(ConflictError, match="no customer is on the line with you"):
        await hands_on(world, "ben")
    with pytest.raises(NotFoundError):
        await hands_on(world, "eve")
    await world.sleep(5)
    assert call.status == agent.status == "in-progress"
    assert not world.timeline("review_handed_on")
    await call.hangs_up()
    await agent.ended()


async def test_an_agent_who_hands_on_before_they_are_in_the_room_is_not_left_there(world: World) -> None:
    bens = await both_at_work(world)
    call = await reach(world, minutes=40)
    await call.presses("0")
    agent = await world.handset(NUMBERS["ada"]).expect_call(within=5)
    await agent.answers()
    await call.hears(HOLD)
    await agent.interrupts_with("1")
    await world.sleep(1)
    await hands_on(world)
    await call.hears(ANOTHER, within=10)
    ring = await bens.expect_call(within=5)
    await agent.hears(OVER, within=25)
    await agent.ended()
    await call.hangs_up()
    await ring.ended(within=5)


async def test_a_customer_who_hangs_up_on_the_way_leaves_no_phone_ringing(world: World) -> None:
    bens = await both_at_work(world)
    call, agent = await talk(world)
    await hands_on(world)
    ring = await bens.expect_call(within=5)
    await call.hangs_up()
    await ring.ended(within=5)
    await agent.ended()
    assert await state_of(world, "ben") is AgentState.READY
    assert not world.timeline("agent_missed")


async def test_the_agent_may_hang_up_at_once_and_a_skill_may_be_asked_for(world: World) -> None:
    bens = await both_at_work(world)
    await comes_to_work(world, "cho", skills=(Skill.DISTRESS,))
    call, agent = await talk(world)
    await hands_on(world, skill=Skill.DISTRESS)
    agent.line.hang_up()
    await call.hears(ANOTHER, within=5)
    second = await world.handset(NUMBERS["cho"]).expect_call(within=5)
    await second.answers()
    await second.presses("1")
    await second.hears(MET)
    await second.hangs_up()
    await call.ended()
    await bens.expect_no_call(during=60)


async def test_the_notice_that_a_supervisor_may_listen_is_heard_before_an_agent_joins(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await reach(world)
    await call.presses("0")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.interrupts_with("1")
    await agent.hears(MET)
    assert MAY_LISTEN in " ".join(call.transcript)
    assert call.transcript.index(MET) > next(n for n, said in enumerate(call.transcript) if MAY_LISTEN in said)
    await call.hangs_up()
    await agent.ended()
