"""A guardian is called: they hear who calls and what they can do, and none of their answers releases money."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.own_script import speaks
from tests.scenario.talks import all_is_well, is_rung, is_told, let_go_by_a_person
from tests.scenario.world import EPOCH, LIN, MEI, World, iso, tell
from wakeup.domain.ids import CaseId
from wakeup.domain.party import Role
from wakeup.domain.staff import StaffId
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.desk.agent_desk import read_desk
from wakeup.usecases.ladder.plan_calls import plan_call
from wakeup.usecases.unit import Unit

BEN = "+6591234503"
SECRETS = ("转账", "付款", "约五千", "王", "美玲", "核对码", MEI)
NAME = "登记您的亲友姓陈、名字最后一个字是“玲”"


def ring_guardian(unit: Unit, case_id: CaseId, now: datetime) -> None:
    with CaseFile(unit, unit.cases.lock(case_id), now) as file:
        guardian = next(party for party in unit.parties.of_case(file.case) if party.role is Role.GUARDIAN)
        assert plan_call(file, guardian) is None


async def guardian_rung(world: World, *, answered: bool = False, **changes: Any) -> tuple[HandsetCall, HandsetCall]:
    """Flag a transfer; the customer's phone rings, then the guardian's. Returns the two calls in this order."""
    mei, lin = world.handset(MEI), world.handset(LIN)
    event = world.event(**{"tier": "medium", **changes})
    event["guardians"] = [
        {"id": "g_1", "name": "林小明", "phone": LIN, "locale": "zh-CN", "relation": "son",
         "consented_at": iso(world.clock.now())},
    ]  # fmt: skip
    answer = await world.flag(event)
    assert answer.status == 202, answer.body
    customer = await (is_rung(world) if answered else mei.expect_call())
    await world.service.store.run(ring_guardian, CaseId(answer.body["case_id"]), world.clock.now())
    guardian = await lin.expect_call(within=30)
    await guardian.answers()
    return customer, guardian


async def asked(guardian: HandsetCall) -> None:
    await guardian.hears("有件关系您亲友资金安全的事")
    await guardian.hears_nothing_of("陈")
    await guardian.presses("1")
    await guardian.hears(NAME)
    await guardian.hears("用您自己存的号码")
    for secret in SECRETS:
        await guardian.hears_nothing_of(secret)


async def test_a_worried_guardian_is_heard_though_the_payment_was_let_go(world: World) -> None:
    """A guardian who fears for their mother is not told that it is settled and there is nothing to do."""
    world.expects("alarm")
    customer, guardian = await guardian_rung(world)
    world.handset(MEI).carrier = "failed"
    await customer.rejects()
    await asked(guardian)
    await let_go_by_a_person(world)
    await guardian.presses("1")
    await guardian.hears("请您现在就打个电话给他")
    await guardian.ended()
    assert [row["answer"] for row in world.timeline("guardian_answered")] == ["worried"]
    assert len(world.timeline("guardian_after_allow")) == 1


async def test_an_agent_hears_that_a_guardian_is_on_the_line_and_nothing_of_the_payment(world: World) -> None:
    """The agent could tell the guardian what the call to them never says."""
    desk = await comes_to_work(world, "ada")
    customer, guardian = await guardian_rung(world, answered=True, tier="high")
    world.handset(MEI).carrier = "failed"
    await customer.hangs_up()
    await asked(guardian)
    await guardian.presses("0")
    agent = await desk.expect_call(within=10)
    await agent.answers()
    whisper = await agent.hears("不是客户本人，是林小明，陈美玲的亲友")
    await agent.presses("1")
    await guardian.hears(MET)
    for secret in ("约五千", "王大强", "风险", "诈骗", "未决定", "客户要找人工", "这笔钱的来历"):
        assert secret not in whisper + "".join(agent.transcript)
    seen = await world.service.store.read(read_desk, StaffId("usr_ada"), world.clock.now())
    assert seen.guardian is not None and seen.guardian.name == "林小明"
    await guardian.hangs_up()
    await agent.ended()


async def test_a_guardian_who_asks_for_an_agent_after_the_payment_left_is_queued_for_staff(world: World) -> None:
    customer, guardian = await guardian_rung(world)
    world.handset(MEI).carrier = "failed"
    await customer.rejects()
    await asked(guardian)
    await let_go_by_a_person(world)
    await guardian.presses("0")
    await guardian.hears("同事这会儿都在忙，我们会尽快跟您联系")
    await guardian.ended()
    await guardian.hears_nothing_of("办好了")
    [(state, unheld_at)] = world._rows("SELECT state, unheld_at FROM cases")
    assert state != "settled" and unheld_at is not None


async def test_a_worried_guardian_holds_the_payment(world: World) -> None:
    customer, guardian = await guardian_rung(world)
    world.handset(MEI).carrier = "failed"
    await customer.rejects()
    await asked(guardian)
    await guardian.presses("1")
    await guardian.hears("我们记下了，会更小心地替他守着")
    await guardian.ended()
    assert not world.tellings(), "the customer is still to be woken"
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")]
    assert [(row["answer"], row["by"]) for row in world.timeline("guardian_answered")] == [("worried", "guardian")]
    assert world.learned() == [("guardian", "guardian_worried")]
    [begun] = world.timeline("talk_begun")
    assert begun["script"] == "guardian_call"


@pytest.mark.parametrize(
    ("given", "answer"), [("3", "will_call"), ("2", "aware"), ("说不准", "not_sure")]
)  # fmt: skip
async def test_no_other_answer_of_a_guardian_changes_anything(world: World, given: str, answer: str) -> None:
    """Also after a customer who said that all is well: the payment cools and goes out as it would have."""
    customer, guardian = await guardian_rung(world, answered=True)
    await asked(guardian)
    await (guardian.presses(given) if given.isdigit() else guardian.says(given))
    await guardian.ended()
    await is_told(customer)
    await all_is_well(customer)
    assert [row["answer"] for row in world.timeline("guardian_answered")] == [answer]
    assert world.learned()[0] == ("guardian", "partial")
    assert await world.decided(within=3600) == "allow"


LONG_AGO = EPOCH - timedelta(days=90)


async def test_the_ladder_rings_a_guardian_who_did_not_read_the_text(world: World) -> None:
    """The customer's phone is not answered. The daughter is asked by SMS, then called, and staff review the case."""
    world.handset(MEI).carrier = "failed"
    event = world.event(tier="critical")
    event["guardians"] = [
        {"id": "g_1", "name": "Lin", "phone": LIN, "locale": "en", "relation": "daughter",
         "consented_at": iso(LONG_AGO)},
    ]  # fmt: skip
    lin = world.handset(LIN)
    assert (await world.flag(event)).status == 202
    await lin.expect_text("safety contact", within=400)
    guardian = await lin.expect_call(within=400)
    assert (await world.in_app())["calling"] is False, "the customer's app shows nothing of it"
    await guardian.answers()
    await guardian.hears("automated")
    await guardian.presses("1")
    await guardian.hears("number you know")
    await guardian.presses("1")
    await guardian.ended()
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")]
    [review] = world.timeline("review_wanted")
    assert review["reason"] == "guardian_worried"
    taken = [row["rung"] for row in world.timeline("rung_taken")]
    assert taken[:3] == ["text_guardian", "human_agent", "call_guardian"]


async def test_a_guardian_who_does_not_pick_up_gives_way_to_the_next(world: World) -> None:
    """Both were asked by SMS and are silent. The daughter's voicemail answers, and her brother is rung at once."""
    world.handset(MEI).carrier = "failed"
    lin, ben = world.handset(LIN), world.handset(BEN)
    event = world.event(tier="critical", minutes=40)
    event["guardians"] = [
        {"id": f"g_{n}", "name": name, "phone": phone, "locale": "en", "consented_at": iso(LONG_AGO)}
        for n, (name, phone) in enumerate((("Lin", LIN), ("Ben", BEN)))
    ]
    assert (await world.flag(event)).status == 202
    lin.answered_by = "machine_end_beep"
    voicemail = await lin.expect_call(within=900)
    assert world.rang(BEN) == 0
    await voicemail.answers()
    await voicemail.ended()
    brother = await ben.expect_call(within=30)
    await brother.answers()
    await brother.hears("automated")
    await brother.presses("1")
    await brother.hears("number you know")
    await brother.presses("1")
    await brother.ended()
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")]
    await lin.expect_no_call(during=900)


OWN = """
  start: {type: menu, prompts: [ask], reprompts: [ask, ask], timeout_s: "5", keys: {"1": told, "2": declines}}
  declines: {type: set, flag: no_guardian, to: told}
  told: {type: notify, to: found}
  found: {type: decide, contact: right_party, outcome: persists, to: gone}"""
WORDS = "ask: This is an automated, recorded call. Shall your safety contact hear of it? Press 1, or 2 for no."


@pytest.mark.parametrize(("key", "texts"), [("1", 2), ("2", 0)])
def test_a_customer_who_declines_on_the_call_is_obeyed_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, texts: int
) -> None:
    async def story(world: World) -> None:
        mei, lin = world.handset(MEI), world.handset(LIN)
        event = world.event(tier="critical", locale="en")
        event["guardians"] = [
            {"id": "g_1", "name": "Lin", "phone": LIN, "locale": "en", "relation": "daughter",
             "consented_at": iso(LONG_AGO)},
        ]  # fmt: skip
        assert (await world.flag(event)).status == 202
        call = await mei.expect_call()
        await call.answers()
        await call.hears("safety contact")
        await call.presses(key)
        await call.ended()
        assert await world.decided() == "hold"
        await world.sleep(600)
        assert len(lin.texts) == texts, lin.texts
        if not texts:
            assert [row["by"] for row in world.timeline("guardian_declined")] == ["callee"]
            refused = [(row["why"], row["reason"]) for row in world.timeline("guardian_not_asked")]
            assert refused == [("decision", "declined")]

    speaks(monkeypatch, tmp_path, OWN, WORDS)
    tell(story, tmp_path)


async def test_a_guardian_who_wants_no_calls_stops_only_their_own(world: World) -> None:
    customer, guardian = await guardian_rung(world)
    await customer.is_busy()
    await guardian.presses("*")
    await guardian.hears("我们不再为这样的事打给您")
    await guardian.ended()
    assert [row["kind"] for row in world.timeline("guardian_opted_out")] == ["guardian_opted_out"]
    again = await is_rung(world, within=300)
    await again.hangs_up()
    await (await is_rung(world, within=300)).hangs_up()


async def test_not_even_the_keys_of_a_customer_free_money_on_a_guardian_s_phone(world: World) -> None:
    customer, guardian = await guardian_rung(world)
    await customer.rejects()
    for key in ("1", "2"):
        await guardian.presses(key)
    await guardian.ended()
    assert world.learned() == [("guardian", "partial")]
    await world.handset(MEI).expect_no_call(during=100)
    assert not world.tellings()
    await (await is_rung(world, within=1200)).hangs_up()
    await (await is_rung(world, within=1200)).hangs_up()
