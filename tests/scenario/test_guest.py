"""A guardian is brought into a talk: the customer agrees, the guardian presses a key, and all three meet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.talks import is_rung, is_told
from tests.scenario.world import LIN, MEI, World, iso, plain
from wakeup.domain.errors import ConflictError
from wakeup.domain.staff import StaffId
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.usecases.desk.bring_guardian import bring_guardian
from wakeup.usecases.review.review import Order

ASKED, JOINING, THANKS, GONE = "正在电话上跟我们的同事说话", "正在接进去", "谢谢您陪他说话", "亲友已经不在线上了"
SECRETS = ("转账", "付款", "约五千", "王", "陈", "美玲", MEI)


async def talk(world: World, **event: Any) -> tuple[HandsetCall, HandsetCall]:
    """A customer who named their son long ago, joined with agent Ada."""
    desk = await comes_to_work(world, "ada")
    world.handset(MEI)
    world.handset(LIN)
    flagged = world.event(**{"minutes": 40, **event})
    flagged["guardians"] = [
        {"id": "g_0", "name": "林小明", "phone": LIN, "locale": "zh-CN", "relation": "son",
         "consented_at": iso(world.clock.now() - timedelta(days=60))}
    ]  # fmt: skip
    answer = await world.flag(flagged)
    assert answer.status == 202, answer.body
    call = await is_rung(world)
    if event.get("typology") != "extortion":
        await is_told(call)
    await call.presses("0")
    agent = await desk.expect_call(within=5)
    await agent.answers()
    await agent.presses("1")
    await agent.hears(MET)
    return call, agent


async def brings(world: World, *, agreed: bool = True) -> None:
    [one] = await world.service.store.read(lambda unit: unit.hand_overs.open())
    order = Order(staff_id=StaffId("usr_ada"), case_id=one.case_id, version=0)
    await world.service.store.run(bring_guardian, order, world.clock.now(), agreed=agreed)


async def came(world: World) -> list[bool]:
    """For each guardian's call that has ended, whether the guardian was in the talk."""
    await world.sleep(3)
    return [row["entered"] for row in world.timeline("guest_over")]


async def test_a_guardian_joins_a_conversation_by_consent_and_key_and_may_leave_it(world: World) -> None:
    call, agent = await talk(world)
    with pytest.raises(ConflictError, match="the customer must agree first"):
        await brings(world, agreed=False)
    await brings(world)
    with pytest.raises(ConflictError, match="is being called, or is in the call already"):
        await brings(world)
    son = await world.handset(LIN).expect_call(within=5)
    met = call.transcript.count(MET)
    await son.answers()
    asked = await son.hears(ASKED)
    assert "通话可能会录音" in asked
    for secret in SECRETS:
        await son.hears_nothing_of(secret)
    await son.presses("1")
    await son.hears(JOINING)
    await son.hears(MET)
    assert {row["call"] for row in world.company.ledger.of("room_entered")} == {call.sid, agent.sid, son.sid}
    await world.sleep(30)
    await son.presses("*")
    await son.hears(THANKS)
    await son.ended()
    await world.sleep(5)
    assert call.status == agent.status == "in-progress", "their leaving ends no talk"
    assert call.transcript.count(MET) == met
    told = [(row["kind"], row["by"]) for row in world.timeline() if "guest" in row["kind"] or "brought" in row["kind"]]
    assert told == [
        ("review_guardian_brought", "ada"), ("guest_joined", "guardian"), ("guest_over", "guardian"),
    ]  # fmt: skip
    [brought] = world.timeline("review_guardian_brought")
    assert brought["agreed"] is True
    await agent.hangs_up()
    await call.ended()
    assert not any(LIN in plain(url) for url in world.company.asked)
    assert world.rang(LIN) == 1
    assert await world.decided(within=3600) == "hold"


async def test_the_end_of_the_talk_is_the_end_for_all_three(world: World) -> None:
    call, agent = await talk(world)
    await brings(world)
    son = await world.handset(LIN).expect_call(within=5)
    await son.answers()
    await son.presses("1")
    await son.hears(MET)
    await call.hangs_up()
    await son.hears(THANKS, within=10)
    await son.ended()
    await agent.ended()
    assert await came(world) == [True]


async def test_a_guardian_who_presses_too_late_is_told(world: World) -> None:
    call, agent = await talk(world)
    await brings(world)
    son = await world.handset(LIN).expect_call(within=5)
    await son.answers()
    await son.hears(ASKED)
    await call.hangs_up()
    await agent.ended()
    await son.presses("1")
    await son.hears(GONE)
    await son.ended()
    assert MET not in son.transcript and await came(world) == [False]


async def test_a_voicemail_joins_no_talk_and_is_not_called_again_for_it(world: World) -> None:
    call, agent = await talk(world)
    await brings(world)
    voicemail = await world.handset(LIN).expect_call(within=5)
    await voicemail.answers()
    await voicemail.ended(within=90)
    assert MET not in voicemail.transcript and await came(world) == [False]
    with pytest.raises(ConflictError, match="no guardian may be asked"):
        await brings(world)
    await call.hangs_up()
    await agent.ended()


async def test_the_ringing_stops_with_the_talk(world: World) -> None:
    call, agent = await talk(world)
    await brings(world)
    son = await world.handset(LIN).expect_call(within=5)
    await call.hangs_up()
    await son.ended(within=10)
    await agent.ended()
    assert await came(world) == [False]


async def test_a_guardian_who_wants_no_such_calls_gets_none(world: World) -> None:
    call, agent = await talk(world)
    await brings(world)
    son = await world.handset(LIN).expect_call(within=5)
    await son.answers()
    await son.presses("*")
    await son.hears("不再为这样的事打给您")
    await son.ended()
    assert world.timeline("guardian_opted_out")
    with pytest.raises(ConflictError):
        await brings(world)
    await call.hangs_up()
    await agent.ended()


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"typology": "extortion"}, "no guardian is told about a case of extortion"),
        ({"signals": ["family_risk"]}, "the danger may be in the family"),
    ],
)
async def test_no_relative_is_brought_in_where_that_would_do_harm(
    world: World, event: dict[str, Any], why: str
) -> None:
    call, agent = await talk(world, **event)
    with pytest.raises(ConflictError, match=why):
        await brings(world)
    await call.hangs_up()
    await agent.ended()
    assert world.rang(LIN) == 0
