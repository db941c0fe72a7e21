"""Human agents: rung, told who waits, and joined by a key; and the appointment when none is free."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.scenario.talks import is_rung, is_told, reach
from tests.scenario.world import ACCOUNT, FROM, LIN, MEI, World
from wakeup.runtime.words.numerals import numeral
from wakeup.simulator.call_request import Hook
from wakeup.simulator.dialled import JOINED

PEOPLE = {"WAKEUP_PEOPLE__NUMBERS": LIN}
HOLD, WHISPER, NOBODY = "我帮您接一位同事", "有一位客户想跟同事说话", "同事这会儿都在忙"


@pytest.mark.settings(**PEOPLE)
async def test_a_colleague_takes_the_call_and_leaves_it(world: World) -> None:
    desk = world.handset(LIN)
    call = await reach(world)
    await call.presses("0")
    await call.hears(HOLD)
    colleague = await desk.expect_call(within=30)
    assert colleague.line.from_ == FROM, "a number of ours, not the customer's"
    await colleague.answers()
    await colleague.hears(WHISPER)
    await colleague.presses("1")
    await call.hears(JOINED)
    await colleague.hears(JOINED)
    for private in ("约五千", "王", "陈", MEI):
        await colleague.hears_nothing_of(private)
    await world.sleep(90)
    await colleague.hangs_up()
    await call.hears("跟同事的通话结束了")
    await call.ended()
    assert world.learned() == [("right_party", "agent_requested")]
    [rung], [joined] = world.timeline("person_rung"), world.timeline("person_joined")
    assert (rung["attempt"], joined["by"]) == (joined["attempt"], "person")
    assert [row["how"] for row in world.timeline("person_left")] == ["talked"]
    assert not world.timeline("callback_wished")
    await call_after_settling(world)


@pytest.mark.settings(**PEOPLE)
async def test_a_customer_who_gives_no_answer_we_understand_is_helped_by_an_agent(world: World) -> None:
    """An old lady cannot find the keys. She is asked twice more and stays silent."""
    desk = world.handset(LIN)
    call = await reach(world)
    await call.hears("我请一位同事来帮您", within=120)
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    await colleague.hears("没能按键或者说话回答")
    await colleague.presses("1")
    await call.hears(JOINED)
    await colleague.hangs_up()
    await call.hears("跟同事的通话结束了")
    await call.ended()
    assert world.learned() == [("right_party", "no_input")]


async def call_after_settling(world: World) -> None:
    """The hold stays, whatever was said to an agent, and the customer is not rung again."""
    assert await world.decided(within=3600) == "hold"
    assert world.rang() == 1


async def appointment(world: World) -> datetime:
    [wished] = world.timeline("callback_wished")
    return datetime.fromisoformat(wished["due_at"])


@pytest.mark.settings(**PEOPLE)
async def test_a_voicemail_takes_no_call_and_the_customer_is_called_again_at_the_time_that_was_said(
    world: World,
) -> None:
    desk = world.handset(LIN)
    call = await reach(world, minutes=40)
    await call.presses("0")
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    said = await call.hears(NOBODY)
    assert JOINED not in call.transcript
    at = await appointment(world)
    assert "今天上午十点" in said and f"{numeral(at.minute)}分左右" in said and at.minute % 5 == 0
    await call.ended()
    assert [row["how"] for row in world.timeline("person_left")] == ["declined"]
    again = await is_rung(world, within=1800)
    assert timedelta() <= world.clock.now() - at < timedelta(seconds=40)
    assert at - world.clock.now() < timedelta(minutes=20)
    await again.hangs_up()


@pytest.mark.parametrize(("how", "what"), [("is_busy", "busy"), ("rejects", "no_answer"), ("ignores", "no_answer")])
@pytest.mark.settings(**PEOPLE)
async def test_a_colleague_who_does_not_come_leaves_an_appointment(world: World, how: str, what: str) -> None:
    desk = world.handset(LIN)
    call = await reach(world, minutes=40)
    await call.presses("0")
    await getattr(await desk.expect_call(within=30), how)()
    await call.hears(NOBODY)
    await call.ended()
    assert [row["how"] for row in world.timeline("person_left")] == [what]
    assert await appointment(world) > world.clock.now()
    await (await is_rung(world, within=1800)).hangs_up()


async def test_without_an_agent_to_call_none_is_offered_and_english_hears_the_time_too(world: World) -> None:
    call = await reach(world, locale="en", minutes=40)
    await call.presses("0")
    said = await call.hears("No colleague is free now")
    assert "We will call you back today at about 10:" in said and "in the morning" in said
    await call.ended()
    assert not world.timeline("person_rung")
    await (await is_rung(world, within=1800, locale="en")).hangs_up()


async def test_where_no_time_is_left_none_is_promised_and_the_hold_stays(world: World) -> None:
    call = await reach(world, minutes=8, hold=timedelta(minutes=4))
    await call.presses("0")
    said = await call.hears(NOBODY)
    assert "我们会尽快给您打过来" in said
    await call.ended()
    assert [row["due_at"] for row in world.timeline("callback_wished")] == [None]
    assert await world.decided(within=900) == "hold"


async def test_an_appointment_outlives_the_decision(world: World) -> None:
    call = await reach(world, minutes=8)
    await call.presses("0")
    said = await call.hears(NOBODY)
    at = await appointment(world)
    assert f"{numeral(at.minute)}分左右" in said
    await call.ended()
    assert await world.decided(within=900) == "hold"
    assert world.clock.now() < at
    again = await is_rung(world, within=900)
    assert timedelta() <= world.clock.now() - at < timedelta(seconds=60)
    await is_told(again)
    assert "已经替您暂停了" in "".join(again.transcript), again.transcript
    await again.hangs_up()


@pytest.mark.settings(**PEOPLE)
async def test_a_customer_in_despair_is_called_again_and_then_an_agent_comes(world: World) -> None:
    desk = world.handset(LIN)
    call = await reach(world, minutes=8)
    await call.says("我不想活了")
    await (await desk.expect_call(within=30)).ignores()
    said = await call.hears("我在听")
    at = await appointment(world)
    assert f"{numeral(at.minute)}分左右再打给您" in said
    await call.hangs_up()
    assert await world.decided(within=60) == "hold"
    again = await is_rung(world, within=1200)
    assert timedelta() <= world.clock.now() - at < timedelta(seconds=60)
    await again.presses("1")
    await again.hears("说好了再打给您的")
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    await colleague.presses("1")
    await again.hears(JOINED)
    await colleague.hangs_up()
    await again.hears("跟同事的通话结束了")
    await again.ended()


@pytest.mark.settings(**PEOPLE)
async def test_a_customer_in_despair_is_not_left_before_or_after_an_agent(world: World) -> None:
    desk = world.handset(LIN)
    call = await reach(world)
    await call.says("我不想活了")
    await call.hears("我马上请一位同事来陪您说话")
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    await colleague.hears("很需要有人陪着说说话")
    await colleague.presses("1")
    await call.hears(JOINED)
    assert await world.decided(within=5) == "hold", "a warning counts at once, however long they talk"
    await world.sleep(20 * 60)
    await colleague.hangs_up()
    await call.hears("我还在线上")
    await call.says("好一点了，谢谢你")
    await call.hears("我还在")
    await call.hangs_up()
    assert await world.decided(within=60) == "hold"
    assert world.learned() == [("right_party", "distress")]


@pytest.mark.settings(**PEOPLE)
async def test_the_caller_who_hangs_up_takes_the_colleague_s_ringing_along(world: World) -> None:
    desk = world.handset(LIN)
    call = await reach(world)
    await call.presses("0")
    colleague = await desk.expect_call(within=30)
    await call.hangs_up()
    await colleague.line.wait_changed(5)
    assert colleague.line.over
    assert await world.decided(within=3600) == "hold"
    assert world.learned() == [("right_party", "agent_requested")]


@pytest.mark.settings(**PEOPLE)
async def test_a_colleague_who_presses_another_key_takes_no_call(world: World) -> None:
    desk = world.handset(LIN)
    call = await reach(world)
    await call.presses("0")
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    await colleague.hears(WHISPER)
    await colleague.presses("2")
    assert await colleague.ended(within=30) == "completed"
    assert JOINED not in colleague.transcript
    await call.hears(NOBODY)
    await call.hangs_up()
    await (await is_rung(world, within=1800)).hangs_up()


@pytest.mark.settings(**PEOPLE)
async def test_a_leg_of_another_call_hears_nothing_and_joins_no_room(world: World) -> None:
    desk = world.handset(LIN)
    call = await reach(world)
    await call.presses("0")
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    await colleague.hears(WHISPER)
    whisper = Hook(url=next(url for url in world.company.asked if "/whisper/" in url))
    leg = {"CallSid": colleague.sid, "AccountSid": ACCOUNT, "ParentCallSid": "CA" + "9" * 32, "Digits": "1"}
    heard = await world.company.postman.send(whisper, leg, kind="voice", sid=colleague.sid)
    assert b"Hangup" in heard.body and b"Gather" not in heard.body
    await colleague.hangs_up()
    await call.hears(NOBODY)
    await call.hangs_up()
    await (await is_rung(world, within=1800)).hangs_up()
