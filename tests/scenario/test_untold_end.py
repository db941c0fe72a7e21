"""The end of an answered call is never reported. It is known about a minute later all the same, however it ended, and a
call that goes on is hardly ever asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.talks import all_is_well, is_rung, is_told, reach
from tests.scenario.test_conference import hears_of_them, meets, waiting
from tests.scenario.test_hand_over import TALKED, asks_for_a_person
from tests.scenario.test_people import PEOPLE
from tests.scenario.world import LIN, MEI, World
from wakeup.simulator.conference import MET
from wakeup.simulator.dialled import JOINED
from wakeup.simulator.handset import HandsetCall

ABOUT_A_MINUTE = timedelta(seconds=65)


def loses_its_end(world: World) -> None:
    world.company.faults.next_callback("lost", event="completed")


def asked_about(world: World, call: HandsetCall | None = None) -> int:
    """How often the phone company was asked for a call."""
    return sum(call is None or row["call"] == call.sid for row in world.company.ledger.of("call_fetched"))


async def is_known_soon(world: World) -> None:
    over = world.clock.now()
    while not world.timeline("call_end"):
        assert world.clock.now() - over <= ABOUT_A_MINUTE, "nobody knows that the call is over"
        await world.sleep(1)


async def test_after_our_own_goodbye_the_code_is_dead_and_the_end_is_soon_known(world: World) -> None:
    loses_its_end(world)
    call = await reach(world, tier="medium", minutes=40)
    assert (await world.in_app())["call_code"]
    await all_is_well(call)
    assert "call_code" not in await world.in_app(), "dead with our last words"
    await is_known_soon(world)
    assert not (await world.in_app())["calling"]
    assert asked_about(world) == 1


async def test_the_code_is_dead_from_our_last_words_on(world: World) -> None:
    """The callee still hears the goodbye, and somebody else may be with them."""
    call = await reach(world, tier="medium", minutes=40)
    await call.presses("5")
    await world.sleep(1)
    assert call.status == "in-progress"
    shown = await world.in_app()
    assert shown["calling"]
    assert "call_code" not in shown
    assert "is ending this call" in shown["say"]
    assert "not our automated voice" not in shown["say"], "it is the one they hear"
    await call.ended()


async def test_a_customer_who_hung_up_in_mid_sentence_is_called_again_in_the_window(world: World) -> None:
    loses_its_end(world)
    world.handset()
    await world.flag(minutes=9)
    call = await is_rung(world)
    await call.hangs_up()
    await is_known_soon(world)
    again = await is_rung(world, within=90)
    await is_told(again)
    await again.hangs_up()


@pytest.mark.settings(WAKEUP_TWILIO__MAX_CONCURRENT_CALLS="1")
async def test_the_line_is_free_for_the_next_customer(world: World) -> None:
    loses_its_end(world)
    call = await reach(world, tier="medium", minutes=40)
    world.handset(LIN)
    await world.flag(n=2, phone=LIN, minutes=8)
    await all_is_well(call)
    other = await is_rung(world, LIN, within=ABOUT_A_MINUTE.total_seconds())
    await other.hangs_up()


async def test_an_ordinary_call_is_never_asked_about(world: World) -> None:
    """It lasts for minutes, and the callee takes their time."""
    begun = world.clock.now()
    call = await reach(world, tier="medium", minutes=40)
    await call.stays_silent()
    await call.presses("9")
    await call.presses("9")
    await all_is_well(call)
    assert world.clock.now() - begun > timedelta(minutes=2)
    await world.sleep(120)
    assert asked_about(world) == 0


async def test_a_long_talk_with_an_agent_is_asked_about_once_a_minute_and_not_cut(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await agent.hears(MET)
    await world.sleep(900)
    assert {call.status, agent.status} == {"in-progress"}
    for one in (call, agent):
        assert 13 <= asked_about(world, one) <= 16
    loses_its_end(world)
    await agent.hangs_up()
    await call.hears(TALKED)
    await call.ended()


async def test_a_long_conference_with_the_guardian_is_not_cut(world: World) -> None:
    call, guardian = await waiting(world)
    await hears_of_them(guardian)
    await meets(call, guardian)
    await world.sleep(400)
    assert {call.status, guardian.status} == {"in-progress"}
    assert asked_about(world, call) <= 7
    await guardian.presses("*")
    await call.hears("我回来了")
    await call.hangs_up()
    await guardian.hangs_up()


@pytest.mark.settings(**PEOPLE)
async def test_a_customer_who_leaves_a_colleague_is_soon_known_to_be_gone(world: World) -> None:
    call = await reach(world)
    await call.presses("0")
    colleague = await world.handset(LIN).expect_call(within=30)
    await colleague.answers()
    await colleague.presses("1")
    await call.hears(JOINED)
    await world.sleep(200)
    assert call.status == "in-progress"
    assert asked_about(world, call) <= 4
    loses_its_end(world)
    await call.hangs_up()
    await is_known_soon(world)
    await world.handset(MEI).expect_no_call(during=5)
