"""A customer calls the bank's own number: stories in what the phone hears."""

from __future__ import annotations

import pytest

from tests.scenario.world import FROM, LIN, MEI, World

PRIVATE = ("核对码", "约五千", "王", "5,200", "u_1", "t_1")


def line(world: World) -> str:
    """The URL from which the phone company fetches what a caller hears."""
    assert world.company.inbound_message_url is not None
    return world.company.inbound_message_url.replace("/sms/inbound", "/voice/inbound")


async def test_a_call_started_in_the_app_keeps_the_money(world: World) -> None:
    mei, stranger = world.handset(MEI), world.handset(LIN)
    mei.carrier = "failed"
    assert (await world.flag(tier="medium")).status == 202
    for phone in (mei, stranger):
        call = phone.calls_in(FROM, line(world))
        await call.hears("手机银行里看得到")
        await call.hears_nothing_of("请按1")
        for private in PRIVATE:
            await call.hears_nothing_of(private)
        await call.presses("1")
        await call.hears("再见")
        await call.ended()
    assert not world.timeline("call_in_matched"), "caller ID proves nothing"
    assert (await world.news("call_started_in_app")).status == 202
    call = mei.calls_in(FROM, line(world))
    await call.hears("这次来电是从手机银行里拨出的")
    for private in PRIVATE:
        await call.hears_nothing_of(private)
    await call.presses("1")
    await call.hears("还没转出去的钱先停着")
    await call.ended()
    assert await world.decided(within=30) == "hold"
    assert world.tellings() == [("hold", "keep_hold")]


@pytest.mark.settings(WAKEUP_PEOPLE__NUMBERS="+6588880001")
async def test_a_caller_is_given_a_person(world: World) -> None:
    agent, caller = world.handset("+6588880001"), world.handset(LIN)
    call = caller.calls_in(FROM, line(world))
    await call.hears("找人工，请按0")
    await call.presses("0")
    ringing = await agent.expect_call()
    await ringing.answers()
    await ringing.hears("not verified")
    await ringing.presses("1")
    await world.sleep(20)
    await ringing.hangs_up()
    await call.hears("再见")
    await call.ended()
