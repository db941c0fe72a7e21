"""The callee is not always the customer: strangers, machines, assistants, and people taken for machines."""

from __future__ import annotations

import pytest

from tests.scenario.talks import all_is_well, hears_nothing_private, is_rung, is_told
from tests.scenario.world import World


async def test_a_third_party_answers_and_learns_nothing(world: World) -> None:
    world.handset()
    await world.flag(tier="medium", minutes=10)
    call = await is_rung(world)
    await call.presses("2")
    await call.hears("用这个号码的人现在不方便接")
    await call.presses("1")
    await call.hears("我们会再打来")
    await call.ended()
    await hears_nothing_private(call)
    assert await world.decided() == "hold"
    assert world.learned()[0][0] == "third_party"


async def test_a_wrong_number_is_not_rung_again(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=30)
    call = await is_rung(world)
    await call.says("你打错了")
    await call.hears("打扰您了")
    await call.ended()
    await hears_nothing_private(call)
    assert await world.decided() == "hold"
    assert world.learned()[0][0] == "wrong_number"
    await phone.expect_no_call(during=600)


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "自己打开手机银行看一看"), ("en", "look in your banking app")])
async def test_a_voicemail_hears_who_called_and_no_more(world: World, locale: str, words: str) -> None:
    """The detector's verdict comes while the voice speaks. The words are replaced, and a second call follows."""
    phone = world.handset()
    await world.flag(tier="medium", minutes=10, locale=locale)
    for _ in range(2):
        call = await is_rung(world, within=120, locale=locale, by="machine_end_beep")
        await call.hears(words)
        await call.ended()
        await hears_nothing_private(call)
    assert await world.decided() == "hold"
    assert world.learned() == [("voicemail", "no_input")] * 2
    await phone.expect_no_call(during=600)


async def test_a_greeting_that_is_understood_is_a_voicemail_whatever_the_detector_says(world: World) -> None:
    world.handset()
    await world.flag(tier="medium", minutes=5)
    call = await is_rung(world)
    await call.says("您好，机主暂时无法接听，请在嘀声后留言")
    await call.hears("自己打开手机银行看一看")
    await call.ended()
    await hears_nothing_private(call)
    for _ in range(2):
        await (await is_rung(world, within=120)).hangs_up()
    assert await world.decided() == "hold"
    assert world.learned()[0] == ("voicemail", "no_input")


async def test_a_fax_hears_nothing_more(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=10)
    call = await is_rung(world, by="fax")
    await call.ended()
    await hears_nothing_private(call)
    assert await world.decided() == "hold"
    assert world.learned() == [("fax", "no_input")]
    await phone.expect_no_call(during=600)


@pytest.mark.parametrize(("locale", "asks", "hears"), [
    ("zh-CN", "请问您是哪位，有什么事", "要跟用这个号码的人核实"),
    ("en", "This is the call assistant. Who is calling, and what is this about?", "the person who uses this phone"),
])  # fmt: skip
async def test_a_call_assistant_is_told_who_calls_and_puts_us_through(
    world: World, locale: str, asks: str, hears: str
) -> None:
    world.handset()
    await world.flag(tier="medium", minutes=40, locale=locale)
    call = await is_rung(world, locale=locale)
    await call.says(asks)
    await call.hears(hears)
    await hears_nothing_private(call)
    await call.stays_silent()
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert world.learned() == [("right_party", "consistent")]


async def test_a_call_assistant_that_does_not_put_the_call_through(world: World) -> None:
    world.handset()
    await world.flag(tier="medium", minutes=4)
    call = await is_rung(world)
    await call.says("你是谁")
    for _ in range(3):
        await call.stays_silent()
    await call.ended()
    await hears_nothing_private(call)
    again = await is_rung(world, within=90)
    await again.hangs_up()
    assert await world.decided() == "hold"
    assert world.learned()[0] == ("call_screener", "no_input")


async def test_a_person_taken_for_a_machine_is_talked_to_all_the_same(world: World) -> None:
    """A key pressed before the verdict proves a person. Nothing is replaced, and the talk counts."""
    phone = world.handset()
    phone.answered_by = "machine_end_beep"
    await world.flag(tier="medium", minutes=40)
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.interrupts_with("1")
    await call.hears("核对码")
    await call.presses("1")
    await call.hears("转账")
    await all_is_well(call)
    await call.hears_nothing_of("自己打开手机银行看一看")
    assert world.timeline("detected")[0]["by_machine"] == "machine"
    assert await world.decided() == "allow"


async def test_a_customer_who_answers_after_the_decision_hears_of_the_hold_and_may_still_add_to_it(
    world: World,
) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=1)
    call = await phone.expect_call(within=10)
    await world.sleep(20)
    await call.answers()
    await call.hears("自动语音来电")
    await call.presses("1")
    assert await world.decided(within=60) == "hold"
    await call.presses("1")
    await call.hears("已经替您暂停了")
    await call.presses("2")
    await call.ended()
    assert world.learned() == [("right_party", "not_me")]
    await world.sleep(1200)
    assert world.tellings() == [("hold", "nobody_reached"), ("hold", "not_me")]
