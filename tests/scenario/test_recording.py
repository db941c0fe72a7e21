"""The law of recording: by notice where that is enough, by key where all must agree, not at all after a refusal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.scenario.talks import RISKY, all_is_well, answers, insists, is_rung, is_told, reach
from tests.scenario.test_conference import ALONE, JOIN, OFFER, insisting
from tests.scenario.test_listen_in import talk
from tests.scenario.world import LIN, World, iso, tell
from wakeup.runtime.service import access_of
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.telephony.recordings import TwilioRecordings

US = "+14155552671"
QUESTION, HELLO, UNRECORDED = "May we record this call?", "automated, recorded call", "automated, unrecorded call"
ALL_BUT_THE_LAST_S = 2 * 3600
"""Within these seconds the phone company is asked three times. The fourth question is a day later."""


async def rings_in_america(world: World, *, guardian: bool = False) -> HandsetCall:
    phone = world.handset(US)
    event = world.event(phone=US, locale="en", zone="America/Los_Angeles", tier="high" if guardian else "critical")
    agreed = iso(world.clock.now() - timedelta(days=60))
    son = {"id": "g_1", "name": "Lin", "phone": LIN, "locale": "en", "relation": "son", "consented_at": agreed}
    answer = await world.flag(event | ({"guardians": [son]} if guardian else {}))
    assert answer.status == 202, answer.body
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.hears(QUESTION)
    await call.hears_nothing_of("payment")
    return call


def made(world: World) -> list[str]:
    return [row["recording"] for row in world.company.ledger.of("recording")]


async def test_a_call_is_recorded_after_the_notice_where_a_notice_is_enough(world: World) -> None:
    call = await reach(world)
    [begun] = world.timeline("recording_begun")
    turns = [row["n"] for row in world.timeline("turn")]
    assert turns[0] == 0
    assert len(made(world)) == 1, "once a call"
    await all_is_well(call)
    await world.sleep(10)
    [kept] = world.timeline("call_recorded")
    assert (kept["attempt"], kept["recording"]) == (begun["attempt"], made(world)[0])
    assert kept["seconds"] > 20
    assert not world.timeline("recording_asked")


async def kept(world: World) -> list[str]:
    """The recordings we know of, and so delete when their time is over."""
    rows = await world.service.store.read(lambda unit: unit.connection.exec_driver_sql("SELECT sid FROM recordings"))
    return [sid for (sid,) in rows]


async def test_a_recording_is_known_from_its_beginning(world: World) -> None:
    call = await reach(world)
    await world.sleep(1)
    assert await kept(world) == made(world), "an erasure would find it"
    assert not world.timeline("call_recorded"), "it can be heard when the call is over"
    await call.hangs_up()


@pytest.mark.parametrize("answer", ["told", "lost"])
async def test_a_recording_whose_end_was_reported_while_the_service_was_down_is_asked_for(
    world: World, answer: str
) -> None:
    call = await reach(world)
    await world.sleep(1)
    if answer == "lost":
        # The process died between the answer of the phone company and the commit.
        await world.service.store.run(lambda unit: unit.connection.exec_driver_sql("DELETE FROM recordings"))
    await world.service.stop()
    for _ in ("the end of the call", "the recording"):
        world.company.faults.next_callback("lost")
    await call.hangs_up()
    await world.sleep(60)
    await world.start_service()
    await world.sleep(60)
    assert not world.timeline("call_recorded"), "the phone company may still report it"
    await world.sleep(300)
    [told] = world.timeline("call_recorded")
    assert [told["recording"]] == await kept(world) == made(world)
    assert told["seconds"] > 0
    await world.sleep(ALL_BUT_THE_LAST_S)
    assert len(world.timeline("call_recorded")) == 1


async def test_a_call_whose_recording_was_reported_is_not_asked_about(world: World) -> None:
    call = await reach(world)
    await call.hangs_up()
    await world.sleep(ALL_BUT_THE_LAST_S)
    assert len(world.timeline("call_recorded")) == 1
    assert not world.company.ledger.of("recordings_listed")


async def test_a_talk_of_an_hour_can_be_heard(world: World) -> None:
    """Both sides are recorded separately, as the phone company delivers them unless one channel is requested."""
    call, agent = await talk(world)
    await world.sleep(58 * 60)
    await call.hangs_up()
    await agent.ended()
    await world.sleep(10)
    [kept] = world.timeline("call_recorded")
    recordings = TwilioRecordings(access_of(world.given), connector=world.wires(each_once=False))
    played = await recordings.fetch(kept["recording"])
    await recordings.close()
    assert kept["seconds"] > 58 * 60
    assert played is not None and len(played) > kept["seconds"] * 16_000


async def test_nothing_is_recorded_before_the_callee_has_heard_the_notice(world: World) -> None:
    world.handset()
    await world.flag()
    call = await is_rung(world)
    assert not made(world)
    await call.hangs_up()
    assert not made(world)


async def answered(world: World) -> HandsetCall:
    phone = world.handset()
    await world.flag()
    call = await phone.expect_call(within=10)
    await call.answers()
    return call


async def test_a_sound_over_the_notice_begins_no_recording(world: World) -> None:
    call = await answered(world)
    await call.speaks_over("好，您说")
    await call.hears("通话会录音")
    assert not made(world), "what they had heard of it, if anything, was 您好"
    await call.presses("1")
    await call.hears("核对码")
    assert len(made(world)) == 1, "said again, they have heard it to its end"
    await call.hangs_up()


@pytest.mark.parametrize("over", ["key", "words"])
async def test_who_went_on_before_they_heard_the_notice_is_not_recorded(world: World, over: str) -> None:
    call = await answered(world)
    if over == "key":
        await call.interrupts_with("1")
    else:
        for _ in range(2):
            await call.speaks_over("好，您说")
        await call.presses("1")
    for heard in ("核对码", "一笔转账"):
        await call.hears(heard)
        await call.presses("1")
    await call.hears("第一个问题")
    assert not made(world) and not world.timeline("recording_begun")
    await call.hangs_up()


async def test_silence_after_the_notice_has_heard_it(world: World) -> None:
    call = await answered(world)
    await call.stays_silent()
    await call.hears("不着急")
    assert len(made(world)) == 1
    await call.hangs_up()


async def test_where_all_must_agree_a_key_comes_first(world: World) -> None:
    call = await rings_in_america(world)
    await call.presses("1")
    await call.hears(HELLO)
    await call.hears_nothing_of(UNRECORDED)
    assert not made(world), "the notice has not been heard to its end"
    await call.presses("1")
    await call.hears("check code")
    assert len(made(world)) == 1
    assert [row["by"] for row in world.timeline("recording_agreed")] == ["callee"]
    await call.hangs_up()
    await world.sleep(10)
    assert len(world.timeline("call_recorded")) == 1


@pytest.mark.parametrize("no", ["key", "silence", "another key"])
async def test_a_callee_who_does_not_agree_is_talked_to_unrecorded(world: World, no: str) -> None:
    call = await rings_in_america(world)
    if no != "silence":
        await call.presses("2" if no == "key" else "9")
    await call.hears(UNRECORDED, within=30)
    await call.hears_nothing_of(HELLO)
    await call.presses("1")
    await call.hears("check code")
    await call.presses("1")
    await call.hears("You have a payment")
    await call.presses("2")
    await call.ended()
    assert not made(world)
    assert world.learned() == [("right_party", "not_me")]
    assert len(world.timeline("recording_refused")) == 1


@pytest.mark.parametrize("key", ["1", "2"])
async def test_the_key_of_the_question_proves_a_person_to_a_late_verdict(world: World, key: str) -> None:
    phone = world.handset(US)
    world.company.faults.next_verdict("machine_end_silence")
    await world.flag(phone=US, locale="en", zone="America/Los_Angeles")
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.interrupts_with(key)
    await call.hears(HELLO if key == "1" else UNRECORDED)
    await world.sleep(6)
    assert [row["by_machine"] for row in world.timeline("detected")] == ["machine"]
    await call.presses("1")
    await call.hears("check code")
    await call.hears_nothing_of("look in your banking app")
    await call.hangs_up()


@pytest.mark.parametrize("agrees", [False, True])
async def test_a_customer_who_said_no_is_joined_with_no_agent_on_a_recorded_line(world: World, agrees: bool) -> None:
    """The customer refuses. Her son's line, where a notice would do, is not recorded either, and he is told so."""
    world.handset(LIN)
    call = await rings_in_america(world, guardian=True)
    await call.presses("1" if agrees else "2")
    await call.hears(HELLO if agrees else UNRECORDED, within=30)
    await is_told(call)
    await call.presses("1")
    await answers(call, RISKY, RISKY, RISKY)
    await insists(call)
    await call.hears("right here with the person you named")
    await call.presses("3")
    son = await world.handset(LIN).expect_call(within=30)
    await son.answers()
    await son.hears(HELLO if agrees else UNRECORDED)
    for key in ("1", "1"):
        await son.presses(key)
    for one in (son, call):
        await one.hears("will be recorded" if agrees else "is not recorded")
        await one.hears(MET)
    assert len(made(world)) == (2 if agrees else 0)
    await call.hangs_up()
    await son.ended()


async def test_a_guardian_who_said_no_is_not_brought_onto_a_recorded_line(world: World) -> None:
    abroad = world.handset(US)
    call = await insisting(world, US, tier="critical")
    await call.hears(OFFER)
    await call.presses("3")
    guardian = await abroad.expect_call(within=30)
    await guardian.answers()
    await guardian.hears("可以录音吗")
    await guardian.presses("2")
    await guardian.hears("这次不录音")
    await guardian.presses("1")
    await guardian.hears("细节我们不便多说")
    await guardian.hears_nothing_of(JOIN)
    await guardian.hangs_up()
    await call.hears(ALONE, within=60)
    await call.hangs_up()


def test_a_callee_who_hangs_up_at_the_recording_question_is_not_recorded(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        call = await rings_in_america(world)
        await call.hangs_up()
        assert await world.decided(within=3600) == "hold"
        assert not made(world)

    tell(story, tmp_path, WAKEUP_POLICY__FILE=str(_without_more_calls(tmp_path)))


def _without_more_calls(folder: Path) -> Path:
    from wakeup.runtime.data_files import data_folder

    path = folder / "policy.toml"
    text = (data_folder("config") / "policy.toml").read_text()
    path.write_text(text.replace("cut_short_retries = 1", "cut_short_retries = 0"))
    return path
