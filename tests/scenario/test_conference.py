"""A guardian whom the customer asks for: told by SMS, or called at once and joined with them in a conference."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenario.talks import RISKY, SAFE, answers, insists, is_rung, is_told
from tests.scenario.world import LIN, MEI, World, iso, plain
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall

OFFER, RINGING, ALONE = "一起在电话里说说，请按3", "我这就打给这位亲友", "这会儿没能接通"
JOIN, TELL = "登记您的那位亲友正在电话上", "给您打个电话。他会知道说的是您"
BEN = "+6591234503"
SECRETS = ("转账", "付款", "约五千", "王", "陈", "美玲", "核对码", MEI)


async def named(world: World, *guardians: str, **event: Any) -> HandsetCall:
    """Flag a transfer of a customer who named one or more guardians long ago. They have heard of the payment."""
    world.handset(MEI)
    world.handset(LIN)
    flagged = world.event(**{"tier": "high", **event})
    flagged["guardians"] = [
        {"id": f"g_{n}", "name": "林小明", "phone": phone, "locale": "zh-CN", "relation": "son",
         "consented_at": iso(world.clock.now() - timedelta(days=60))}
        for n, phone in enumerate(guardians or (LIN,))
    ]  # fmt: skip
    answer = await world.flag(flagged)
    assert answer.status == 202, answer.body
    call = await is_rung(world)
    await is_told(call)
    return call


async def insisting(world: World, *guardians: str, **event: Any) -> HandsetCall:
    """The customer's answers are a warning, and they want to pay all the same."""
    call = await named(world, *guardians, **event)
    await call.presses("1")
    await answers(call, RISKY, RISKY, RISKY)
    await insists(call)
    return call


async def waiting(world: World, *guardians: str) -> tuple[HandsetCall, HandsetCall]:
    """The customer waits, and the first guardian's phone rings."""
    call = await insisting(world, *guardians)
    await call.hears(OFFER)
    await call.presses("3")
    await call.hears(RINGING)
    guardian = await world.handset(LIN).expect_call(within=30)
    return call, guardian


async def hears_of_them(guardian: HandsetCall) -> None:
    await guardian.answers()
    await guardian.hears("有件关系您亲友资金安全的事")
    await guardian.presses("1")
    await guardian.hears(JOIN)


async def meets(call: HandsetCall, guardian: HandsetCall) -> None:
    await guardian.presses("1")
    for one in (guardian, call):
        await one.hears("通话会录音")
        await one.hears(MET)
        heard = "".join(one.transcript)
        assert heard.rindex("通话会录音") < heard.index(MET), "before a word is said in the room"


async def test_the_customer_and_the_guardian_meet_and_both_come_back_to_us(world: World) -> None:
    call, guardian = await waiting(world)
    await hears_of_them(guardian)
    await meets(call, guardian)
    for secret in SECRETS:
        await guardian.hears_nothing_of(secret)
    rooms = {row["room"] for row in world.company.ledger.of("room_entered")}
    [room] = rooms
    assert not any(secret in room for secret in (MEI, LIN, "u_1", "t_1"))
    await world.sleep(120)
    await guardian.presses("*")
    await guardian.hears("谢谢您陪他说话")
    await guardian.presses("1")
    await guardian.hears("会更小心地替他守着")
    await call.hears("我回来了")
    await call.presses("1")
    await call.hears("先停着")
    await call.ended()
    assert {ruling for ruling, _ in world.tellings()} == {"hold"}
    assert {row["how"] for row in world.timeline("meeting_over")} <= {"ended", "left"}
    assert [row["by"] for row in world.timeline("room_entered")] in (["guardian", "callee"], ["callee", "guardian"])
    assert ("guardian", "guardian_worried") in world.learned()
    assert not any(secret in plain(url) for url in world.company.asked for secret in (MEI, LIN, "陈", "王"))
    await world.handset(LIN).expect_no_call(during=900)


@pytest.mark.parametrize("how", ["is_busy", "rejects", "ignores"])
async def test_a_customer_whose_guardian_does_not_come_is_told_and_asked_again(world: World, how: str) -> None:
    call, guardian = await waiting(world)
    await getattr(guardian, how)()
    await call.hears(ALONE)
    await call.presses("2")
    await call.ended()
    assert [row["how"] for row in world.timeline("meeting_over")] == ["nobody_came"]
    assert world.learned() == [("right_party", "persists")]
    assert await world.decided(within=60) == "hold"
    await world.handset(LIN).expect_no_call(during=600)


async def test_a_guardian_who_would_rather_not_join_is_not_pressed(world: World) -> None:
    call, guardian = await waiting(world)
    await hears_of_them(guardian)
    await guardian.presses("2")
    await guardian.hears("您替他担心，请按1")
    await guardian.hangs_up()
    await call.hears(ALONE)
    await call.hangs_up()
    assert not world.timeline("room_entered")
    assert await world.decided(within=60) == "hold"


async def test_a_machine_that_picks_up_meets_no_agent(world: World) -> None:
    """The machine presses no key, so it is not joined. The waiting customer returns to our script and is told so."""
    world.handset(LIN).answered_by = "machine_end_beep"
    call, machine = await waiting(world)
    await machine.answers()
    await machine.ended(within=60)
    await call.hears(ALONE)
    assert not world.company.ledger.of("room_entered")
    assert MET not in "".join(call.transcript) and JOIN not in "".join(machine.transcript)
    await call.presses("2")
    await call.ended()


@pytest.mark.parametrize("how", ["ignores", "would rather not"])
async def test_a_guardian_who_does_not_come_gives_way_to_the_next_while_the_customer_waits(
    world: World, how: str
) -> None:
    brother = world.handset(BEN)
    call, guardian = await waiting(world, LIN, BEN)
    if how == "ignores":
        await guardian.ignores()
    else:
        await hears_of_them(guardian)
        await guardian.presses("2")
        await guardian.hangs_up()
    second = await brother.expect_call(within=30)
    await hears_of_them(second)
    await meets(call, second)
    await call.hears_nothing_of(ALONE)
    await call.hangs_up()
    await second.ended(within=60)
    assert world.rang(LIN) == world.rang(BEN) == 1


async def test_a_guardian_who_comes_too_late_is_told_so(world: World) -> None:
    call, guardian = await waiting(world)
    await hears_of_them(guardian)
    await call.presses("2")
    await call.hears("我回来了")
    await call.hangs_up()
    await guardian.presses("1")
    await guardian.hears("亲友已经挂断了")
    await guardian.presses("2")
    await guardian.ended()
    assert not world.timeline("room_entered")


async def test_no_customer_is_left_alone_in_a_room(world: World) -> None:
    call, guardian = await waiting(world)
    await hears_of_them(guardian)
    await guardian.presses("1")
    while not world.company.ledger.of("room_entered"):
        await world.sleep(0.1)
    if len(world.company.ledger.of("room_entered")) == 1:
        await call.hangs_up()
        assert await guardian.ended(within=30) == "completed"
        assert MET not in guardian.transcript
    else:
        raise AssertionError("both are in already: this story has lost its point")


@pytest.mark.parametrize("event", [{"typology": "extortion"}, {"signals": ["family_risk"]}])
async def test_no_guardian_is_offered_where_the_family_may_be_the_danger(
    world: World, event: dict[str, object]
) -> None:
    call = await insisting(world, **event)
    # A customer who needs time hears the third choice only after a silence.
    await call.ended(within=180)
    assert OFFER not in "".join(call.transcript) and TELL not in "".join(call.transcript)
    assert any("愿意先不转" in piece for piece in call.transcript), call.transcript
    await world.handset(LIN).expect_no_call(during=60)
    assert not world.timeline("company_wished") and not world.timeline("guardian_wished")


async def in_doubt(world: World, **event: object) -> HandsetCall:
    call = await named(world, **event)
    await call.presses("1")
    await answers(call, SAFE, SAFE, SAFE)
    await call.hears("您想怎么办")
    await call.presses("2")
    return call


@pytest.mark.parametrize("wished", [True, False])
async def test_a_guardian_is_told_if_they_wish_it(world: World, wished: bool) -> None:
    call = await in_doubt(world)
    await call.hears(TELL)
    await call.presses("1" if wished else "2")
    await call.ended()
    assert await world.decided(within=60) == "hold"
    await world.sleep(60)
    texts = [one for one in world.company.messages.all.values() if one.to == LIN]
    assert [row["refused"] for row in world.timeline("guardian_wished")] == [None] * wished
    assert [one.status for one in texts] == ["delivered"] * wished
    assert not any(secret in one.body for one in texts for secret in ("约五千", "5,200", "5200", "王大强", MEI))


async def test_no_guardian_is_offered_to_be_told_in_a_case_of_extortion(world: World) -> None:
    call = await in_doubt(world, typology="extortion")
    await call.ended()
    assert TELL not in "".join(call.transcript)
