"""Hand-over to an agent: agents are rung in turn, told who waits, and joined by a key; no customer is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.scenario.colleagues import NUMBERS, comes_to_work, says, somebody_comes, state_of
from tests.scenario.talks import is_rung, reach
from tests.scenario.world import FROM, MEI, World, plain, tell
from wakeup.domain.agent import AgentEvent, AgentState
from wakeup.ivr.conversation import Conversation
from wakeup.runtime.words.numerals import numeral
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.simulator.traffic import magic
from wakeup.usecases.figures.case_figures import Figure, read_figures

HOLD, WHISPER, GONE, OVER = "正在为您接通同事", "Wakeup 转接电话", "已经不在等了", "通话结束了"
NOBODY, TALKED = "同事这会儿都在忙", "跟同事的通话结束了"


async def asks_for_a_person(world: World, **event: object) -> HandsetCall:
    call = await reach(world, **event)
    await call.presses("0")
    return call


async def test_key_0_rings_an_agent_who_takes_it_and_both_are_looked_after(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    assert agent.line.from_ == FROM, "a number of ours, not the customer's"
    await agent.answers()
    assert "极高风险" in await agent.hears(WHISPER)
    whisper = await agent.hears("客户要找人工")
    for told in ("陈美玲", "约五千", "王大强"):
        assert told in whisper, whisper
    assert "SG-88" not in whisper, "no account is said aloud"
    await call.hears(HOLD)
    await agent.presses("1")
    await agent.hears(MET)
    await call.hears(MET)
    assert await state_of(world, "ada") is AgentState.ON_CALL
    await world.sleep(90)
    await agent.hangs_up()
    await call.hears(TALKED)
    await call.ended()
    assert world.learned() == [("right_party", "agent_requested")]
    [joined] = world.timeline("person_joined")
    assert joined["by"] == "ada"
    assert [row["how"] for row in world.timeline("person_left")] == ["talked"]
    assert await state_of(world, "ada") is AgentState.WRAP_UP
    await world.sleep(125)
    assert await state_of(world, "ada") is AgentState.READY
    assert not any(MEI in plain(url) or NUMBERS["ada"] in plain(url) for url in world.company.asked)
    assert await world.decided(within=3600) == "hold"
    assert world.rang(NUMBERS["ada"]) == 1
    figures = await world.service.store.read(read_figures, 1, world.clock.now())
    answered = figures.whole.share(Figure.ANSWER)
    assert (answered.part, answered.whole) == (1, 1), "an agent who picks up is no customer reached"


async def test_an_agent_who_does_not_accept_within_20_s_is_passed_over_and_then_away(world: World) -> None:
    ada = await comes_to_work(world, "ada")
    await world.sleep(1)
    ben = await comes_to_work(world, "ben")
    call = await asks_for_a_person(world)
    begun = world.clock.now()
    first = await ada.expect_call(within=5)
    second = await ben.expect_call(within=30)
    assert timedelta(seconds=19) < world.clock.now() - begun < timedelta(seconds=23)
    await first.ended(within=10)
    await second.answers()
    await second.presses("1")
    await call.hears(MET)
    assert await state_of(world, "ada") is AgentState.READY, "one missed offer is no reason"
    await call.hangs_up()
    await second.hears("通话结束")
    await second.ended()
    call = await asks_for_a_person(world, n=2, phone="+6591234599")
    await (await ada.expect_call(within=5)).ended(within=30)
    assert await state_of(world, "ada") is AgentState.AWAY, "two in a row are"
    assert world.rang(NUMBERS["ada"]) == 2
    await call.hears(NOBODY, within=60)
    await call.ended()
    await (await is_rung(world, "+6591234599", within=1800)).hangs_up()


async def promised(world: World) -> datetime:
    [wished] = world.timeline("callback_wished")
    return datetime.fromisoformat(wished["due_at"])


def test_a_voicemail_takes_no_call_and_the_appointment_is_kept_within_a_minute(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        desk = await comes_to_work(world, "ada")
        call = await asks_for_a_person(world, minutes=40)
        asked = world.clock.now()
        voicemail = await desk.expect_call(within=5)
        await voicemail.answers()
        assert await voicemail.ended(within=60) == "completed"
        said = await call.hears(NOBODY, within=60)
        assert timedelta(seconds=44) < world.clock.now() - asked < timedelta(seconds=75)
        assert MET not in call.transcript + voicemail.transcript
        at = await promised(world)
        assert f"{numeral(at.minute)}分左右" in said
        await call.ended()
        assert [row["how"] for row in world.timeline("person_left")] == ["no_answer"]
        again = await is_rung(world, within=1800)
        assert timedelta() <= world.clock.now() - at < timedelta(seconds=60), (
            "the phone rings at the time that was said"
        )
        second = await takes_the_promised(world, again)
        await second.hangs_up()
        await again.hears(TALKED)
        await again.ended()

    async def takes_the_promised(world: World, again: HandsetCall) -> HandsetCall:
        await again.presses("1")
        await again.hears("说好了再打给您的")
        second = await world.handset(NUMBERS["ada"]).expect_call(within=10)
        await second.answers()
        await second.hears(WHISPER)
        second.line.press("1")
        await again.hears(MET)
        return second

    tell(story, tmp_path)


async def test_without_a_ready_agent_no_agent_is_called_and_an_appointment_is_made(world: World) -> None:
    desk = await comes_to_work(world, "ada", ready=False)
    call = await asks_for_a_person(world, minutes=40)
    await call.hears(NOBODY)
    await call.ended()
    assert not world.timeline("hand_over_begun")
    await says(world, "ada", AgentEvent.BE_READY)
    again = await is_rung(world, within=1800)
    assert timedelta() <= world.clock.now() - await promised(world) < timedelta(seconds=60)
    await again.hangs_up()
    await desk.expect_no_call(during=60)


async def test_the_customer_who_hangs_up_while_waiting_ends_the_ringing(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await call.hears(HOLD)
    await call.hangs_up()
    assert await agent.ended(within=3) in {"canceled", "no-answer"}
    assert await state_of(world, "ada") is AgentState.READY
    assert not world.timeline("agent_missed"), "they had no time to take it"
    assert world.learned() == [("right_party", "agent_requested")]
    await desk.expect_no_call(during=120)


async def forgets_the_key(world: World) -> None:
    """Reset the talk to one stored before keys of the whole script counted as proof."""
    store = world.service.store
    [wait] = await store.read(lambda unit: unit.hand_overs.open())
    talk = await store.read(lambda unit: unit.talks.get(wait.attempt_id, wait.customer_id))
    assert talk is not None
    before = replace(talk, state=replace(Conversation.from_json(talk.state), live=False).to_json())
    await store.run(lambda unit: unit.talks.save(before))


@pytest.mark.parametrize("proved", [True, False])
async def test_a_late_verdict_of_a_machine_tears_no_customer_out_of_a_talk(world: World, proved: bool) -> None:
    """The key proves a person, and so does a talk with an agent, whatever was stored about the key."""
    desk = await comes_to_work(world, "ada")
    phone = world.handset()
    world.company.faults.next_verdict("machine_end_silence")
    await world.flag()
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.interrupts_with("0")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    if not proved:
        await forgets_the_key(world)
    await agent.interrupts_with("1")
    await call.hears(MET)
    await world.sleep(30)
    told = [row["kind"] for row in world.timeline() if row["kind"] in {"detected", "person_joined"}]
    assert told[:2] == ["person_joined", "detected"], "they talk already"
    assert call.status == agent.status == "in-progress"
    await agent.hangs_up()
    await call.hears(TALKED)
    await call.ended()
    await call.hears_nothing_of("自己打开手机银行看一看")
    assert world.learned() == [("unverified_human", "agent_requested")]


async def test_an_agent_who_picks_up_for_a_customer_who_has_left_is_told(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.hears(WHISPER)
    await call.hangs_up()
    await agent.hears(GONE)
    await agent.ended(within=10)
    assert MET not in agent.transcript
    assert not world.timeline("person_joined")


async def test_the_customer_who_hangs_up_leaves_no_agent_alone(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await call.hears(MET)
    await call.hangs_up()
    await agent.hears(OVER)
    await agent.ended()
    assert await state_of(world, "ada") is AgentState.WRAP_UP


async def test_an_agent_who_comes_when_the_customer_has_just_left_is_told(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await call.hears(HOLD)
    await agent.interrupts_with("1")
    await call.hangs_up()
    await agent.hears(OVER, within=25)
    await agent.ended()
    assert MET not in agent.transcript, "nobody was there"
    assert await state_of(world, "ada") is AgentState.WRAP_UP


async def test_an_agent_passes_a_call_on_with_2_and_another_takes_it(world: World) -> None:
    ada = await comes_to_work(world, "ada")
    await world.sleep(1)
    ben = await comes_to_work(world, "ben")
    call = await asks_for_a_person(world)
    first = await ada.expect_call(within=5)
    await first.answers()
    await first.presses("2")
    await first.ended(within=10)
    second = await ben.expect_call(within=5)
    await second.answers()
    await second.presses("1")
    await call.hears(MET)
    await second.hangs_up()
    await call.ended()


async def test_a_customer_who_presses_star_stops_waiting_for_an_agent(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await call.hears(HOLD)
    await call.presses("*")
    await call.hears(NOBODY)
    await agent.ended(within=5)
    await call.ended()
    await (await is_rung(world, within=1800)).hangs_up()


async def test_an_agent_who_becomes_ready_is_rung_for_a_customer_who_waits(world: World) -> None:
    ada = await comes_to_work(world, "ada")
    ben = await comes_to_work(world, "ben", ready=False)
    call = await asks_for_a_person(world)
    await (await ada.expect_call(within=5)).rejects()
    await world.sleep(3)
    await says(world, "ben", AgentEvent.BE_READY)
    second = await ben.expect_call(within=5)
    await second.answers()
    await second.presses("1")
    await call.hears(MET)
    await call.hangs_up()
    await second.ended()


@pytest.mark.parametrize("lost", ["lost", "doubled", "late"])
async def test_news_of_the_room_may_come_as_it_likes(world: World, lost: str) -> None:
    desk = await comes_to_work(world, "ada")
    for _ in range(6):
        world.company.faults.next_callback(lost, event="room")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await call.hears(MET)
    await agent.hangs_up()
    await call.hears(TALKED)
    await call.ended()


async def test_an_agent_who_takes_the_call_and_never_comes_is_missed_at_once(world: World) -> None:
    """The agent hangs up before entering the conference, and the phone company's report of it is lost."""
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    world.company.faults.next_callback("lost", event="completed")
    agent.line.hang_up()
    await agent.ended(within=5)
    assert MET not in agent.transcript
    await call.hears(TALKED, within=30)
    await call.ended()
    assert await state_of(world, "ada") is AgentState.WRAP_UP


async def test_a_call_whose_leaving_of_the_room_was_not_reported_is_asked_about(world: World) -> None:
    desk = await comes_to_work(world, "ada")
    call = await asks_for_a_person(world)
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await call.hears(MET)
    await world.sleep(40)
    world.company.faults.next_callback("lost", event="completed")
    await call.hangs_up()
    await world.sleep(5)
    assert world.timeline("call_end"), "long before the call would have had to be over"
    await agent.ended()


@pytest.mark.parametrize(
    ("profile", "hears", "joined", "state"),
    [
        ("agent_accepts", TALKED, 1, AgentState.WRAP_UP),
        ("agent_hangs_up", TALKED, 1, AgentState.WRAP_UP),
        ("agent_ignores", NOBODY, 0, AgentState.READY),
        ("agent_voicemail", NOBODY, 0, AgentState.READY),
    ],
)
async def test_the_simulators_agents_accept_hang_up_or_stay_away_as_named(
    world: World, profile: str, hears: str, joined: int, state: AgentState
) -> None:
    await somebody_comes(world, "dan", magic(profile))
    call = await asks_for_a_person(world, minutes=8, hold=timedelta(minutes=4))
    await call.hears(hears, within=200)
    await call.ended()
    assert len(world.timeline("person_joined")) == joined
    assert await state_of(world, "dan") is state
