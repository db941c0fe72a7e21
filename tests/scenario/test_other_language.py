"""A customer who prefers the other language to the one that the bank recorded."""

from __future__ import annotations

from tests.scenario.talks import is_rung
from tests.scenario.world import World


async def test_amount_and_payee_are_said_in_the_language_they_asked_for(world: World) -> None:
    world.handset()
    await world.flag(tier="medium")
    call = await is_rung(world)
    await call.presses("1")
    await call.hears("核对码")
    await call.presses("1")
    await call.hears("大约五千两百新币")
    await call.says("English please")
    await call.hears("about 5,200 Singapore dollars")
    await call.hears("made this payment yourself")
    await call.presses("2")
    await call.hears("The payment is on hold")
    await call.ended()
    assert world.learned() == [("right_party", "not_me")]


async def test_a_customer_who_asked_for_the_other_language_is_rung_in_it_the_next_time(world: World) -> None:
    world.handset()
    await world.flag(tier="medium")
    call = await is_rung(world)
    await call.says("English please")
    await call.hears("press 1")
    await call.hangs_up()
    again = await is_rung(world, within=1200, locale="en")
    await again.hears_nothing_of("自动语音来电")
    await again.hangs_up()
    # A language that was asked for applies to every later call, not to one.
    await world.flag(n=2, customer="u_1", tier="medium")
    await (await is_rung(world, within=1200, locale="en")).hangs_up()
    assert [row["language"] for row in world.timeline("talk_begun")] == ["zh-CN", "en", "en"]


async def test_a_stranger_who_prefers_english_does_not_choose_it_for_the_customer(world: World) -> None:
    world.handset()
    await world.flag(tier="medium")
    call = await is_rung(world)
    await call.says("English please")
    await call.hears("press 2")
    await call.presses("2")
    await call.ended()
    assert world.learned()[0][0] == "third_party"
    await world.flag(n=2, customer="u_1", tier="medium")
    await is_rung(world, within=1200, locale="zh-CN")
