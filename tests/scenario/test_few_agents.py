"""Few agents are at work: an agent who is about to take the call is not cut off, unless another one is free."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.scenario.colleagues import comes_to_work, state_of
from tests.scenario.talks import is_rung
from tests.scenario.test_hand_over import NOBODY, WHISPER, asks_for_a_person
from tests.scenario.world import World, tell
from wakeup.domain.agent import AgentState
from wakeup.simulator.conference import MET

TOO_LATE = "接听时间过了"


def test_the_only_agent_who_listens_to_who_waits_may_take_the_call_after_20_s(tmp_path: Path) -> None:
    async def story(world: World) -> None:
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

    tell(story, tmp_path)


def test_an_agent_who_listens_and_presses_nothing_is_missed_when_the_wait_is_over(tmp_path: Path) -> None:
    async def story(world: World) -> None:
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

    tell(story, tmp_path)


def test_an_agent_who_listens_gives_way_to_one_who_becomes_free(tmp_path: Path) -> None:
    async def story(world: World) -> None:
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

    tell(story, tmp_path)
