"""What the bank's systems send: repeated, contradictory, too early or too late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.scenario.talks import SAFE, all_is_well, answers, insists, is_rung, is_told, let_go_by_a_person, reach
from tests.scenario.world import LIN, World, iso, whsec


def changed(event: dict[str, Any], part: str, **fields: Any) -> dict[str, Any]:
    return {**event, part: {**event[part], **fields}}


async def test_the_same_event_again_is_the_same_case_and_the_same_call(world: World) -> None:
    world.handset()
    event = world.event(tier="medium", minutes=10)
    first = await world.flag(event)
    again = await world.flag(event)
    assert (first.status, again.status) == (202, 200)
    assert first.body == again.body
    call = await is_rung(world)
    await call.presses("*")
    await call.ended()
    assert await world.decided() == "hold"
    assert world.rang() == 1


async def test_the_same_message_again_is_answered_again_and_another_under_its_id_is_refused(world: World) -> None:
    event = world.event(tier="medium", minutes=-1)
    answers = [await world.post("/v1/risk-events", event, message_id="msg_same") for _ in "ab"]
    assert [answer.status for answer in answers] == [202, 200]
    other = await world.post("/v1/risk-events", world.event(2, minutes=-1), message_id="msg_same")
    assert other.status == 409
    assert await world.decided() == "hold"


async def test_an_event_that_changed_its_content_is_refused(world: World) -> None:
    event = world.event(minutes=-1)
    await world.post("/v1/risk-events", event)
    answer = await world.post("/v1/risk-events", changed(event, "transfer", amount="1.00"))
    assert answer.status == 409
    assert answer.body["errors"][0]["field"] == "event_id"
    assert await world.decided() == "hold"


async def test_a_transfer_that_changed_its_customer_is_refused(world: World) -> None:
    event = world.event(minutes=-1)
    await world.post("/v1/risk-events", event)
    other = changed({**event, "event_id": "evt_2"}, "customer", id="u_2")
    answer = await world.post("/v1/risk-events", other)
    assert answer.status == 409
    assert answer.body["errors"][0]["field"] == "customer.id"
    assert await world.decided() == "hold"


async def test_another_number_amid_an_incident_is_not_rung(world: World) -> None:
    world.expects("alarm")
    stranger = world.handset(LIN)
    event = world.event(tier="medium", minutes=10)
    world.handset()
    await world.flag(event)
    call = await world.handset().expect_call(within=10)
    again = changed({**event, "event_id": "evt_2"}, "customer", phone=LIN)
    assert (await world.flag(again)).status == 202
    joined = world.event(3, customer="u_1", phone=LIN, tier="medium", minutes=10)
    assert (await world.flag(joined)).status == 202
    await call.is_busy()
    second = await is_rung(world, within=60)
    await second.presses("*")
    await second.ended()
    await stranger.expect_no_call(during=700)
    assert [row["transfer"] for row in world.timeline("other_number")] == ["t_1", "t_3"]
    assert await world.decided() == "hold"


@pytest.mark.parametrize("changes", [
    {"amount": "520000.00"}, {"currency": "USD"}, {"payee": {"account": "999-9"}},
])  # fmt: skip
async def test_a_yes_to_one_payment_frees_no_other_that_comes_under_its_id(
    world: World, changes: dict[str, Any]
) -> None:
    """A payment edited between two flags: the customer is asked about the first, and the bank is told."""
    event = world.event(tier="medium", minutes=25)
    world.handset()
    await world.flag(event)
    assert (await world.flag({**event, "event_id": "evt_same"})).body["warnings"] == []
    other = changed({**event, "event_id": "evt_2"}, "transfer", **changes)
    for _ in range(2):
        answer = await world.flag(other)
        [warned] = answer.body["warnings"]
        assert warned["field"] in {"transfer.amount", "transfer.currency", "transfer.payee.account"}
    call = await is_rung(world)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "hold"
    await world.sleep(2 * 3600)
    assert [row["reason"] for row in world.timeline("decided")] == ["release_guarded"]
    assert len(world.timeline("other_payment")) == 1


@pytest.mark.parametrize(("first", "then", "effective"), [
    ("medium", "critical", "critical"), ("critical", "medium", "critical"), ("medium", "high", "high"),
])  # fmt: skip
async def test_a_tier_may_rise_and_never_falls(world: World, first: str, then: str, effective: str) -> None:
    event = world.event(tier=first, minutes=25)
    world.handset()
    await world.flag(event)
    await world.flag(changed({**event, "event_id": "evt_2"}, "risk", tier=then))
    call = await is_rung(world)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "hold"
    reasons = {"critical": "person_releases", "high": "app_confirmation_missing"}
    assert world.tellings() == [("hold", reasons[effective])]
    assert len(world.timeline("tier_raised")) == (first != effective)


async def test_a_payment_that_joins_while_they_talk_is_talked_about_in_a_call_of_its_own(world: World) -> None:
    call = await reach(world, tier="medium", minutes=40)
    await call.presses("1")
    assert (await world.flag(world.event(2, customer="u_1", tier="medium", minutes=40, amount="800.00"))).status == 202
    await answers(call, SAFE, SAFE, SAFE)
    await insists(call)
    assert await call.ended(within=60) == "completed"
    second = await is_rung(world, within=120)
    await is_told(second)
    await all_is_well(second)
    assert any("约八百" in piece for piece in second.transcript), "the smaller one, nobody has spoken about it yet"
    assert (await world.decided("t_1"), await world.decided("t_2")) == ("allow", "allow")
    assert world.rang() == 2


async def test_a_window_that_is_closed_already_is_held_at_once(world: World) -> None:
    answer = await world.post("/v1/risk-events", world.event(minutes=-5))
    assert answer.status == 202
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", "window_closed")]
    await world.handset().expect_no_call(during=600)


@pytest.mark.parametrize("secret", [whsec(9)])
async def test_a_bad_signature_is_refused_before_anything_is_read(world: World, secret: str) -> None:
    answer = await world.post("/v1/risk-events", world.event(), secret=secret)
    assert answer.status == 401
    assert (await world.get("/v1/transfers/t_1/decision")).status == 404
    await world.handset().expect_no_call(during=60)


@pytest.mark.parametrize("kind", ["cancelled_in_app", "released"])
async def test_news_that_overtakes_its_event_waits_for_it(world: World, kind: str) -> None:
    early = await world.news(kind)
    assert early.status == 202
    assert not early.body["transfer_known"]
    await world.sleep(23 * 60)
    await world.flag(tier="medium", minutes=10)
    await world.handset().expect_no_call(during=900)
    assert world.tellings() == [], "the bank knows already"
    assert world.timeline("transfer_closed")[0]["state"] in {"cancelled", "released"}


async def test_news_that_waited_longer_than_a_day_is_forgotten(world: World) -> None:
    await world.news("released")
    await world.service.stop()
    await world.sleep(25 * 3600)
    await world.start_service()
    world.handset()
    await world.flag(tier="medium", minutes=10)
    call = await is_rung(world)
    await call.presses("*")
    await call.ended()
    assert await world.decided() == "hold"


async def test_cancelled_in_the_app_during_the_call_ends_it_at_the_next_turn(world: World) -> None:
    call = await reach(world, tier="medium")
    assert (await world.news("cancelled_in_app")).status == 202
    await call.presses("1")
    await call.hears("看到您已经在手机银行里取消了这笔转账")
    await call.ended()
    await world.handset().expect_no_call(during=900)
    assert world.tellings() == [], "the bank cancelled it itself"
    assert (await world.news("window_extended", decide_by=iso(world.clock.now()))).status == 409


@pytest.mark.parametrize("kind", ["released", "let_go"])
async def test_no_customer_is_told_that_they_cancelled_a_payment_that_has_left(world: World, kind: str) -> None:
    call = await reach(world, tier="medium")
    if kind == "released":
        await world.news(kind)
    else:
        await let_go_by_a_person(world)
    await call.presses("1")
    await call.hears("这笔转账已经办理了")
    await call.ended()
    await call.hears_nothing_of("取消")
    assert world.learned() == [("right_party", "partial")]
    assert world.timeline("warned_after_allow") == []


async def test_a_customer_in_despair_is_not_hung_up_on_because_the_payment_was_cancelled(world: World) -> None:
    call = await reach(world, tier="medium")
    await call.says("我真的不想活了")
    await call.hears("我在听，您慢慢说")
    await world.news("cancelled_in_app")
    await call.says("没有人要我了")
    await call.hears("您不是一个人")
    await call.hangs_up()
    assert world.learned()[-1] == ("right_party", "distress")


async def test_cancelled_while_it_rings_says_nothing_about_it(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium")
    call = await phone.expect_call(within=10)
    await world.news("cancelled_in_app")
    await call.answers()
    await call.hears("这件事已经办好了")
    await call.ended()
    await phone.expect_no_call(during=900)


async def test_released_by_the_bank_while_the_next_call_is_planned(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium")
    await (await phone.expect_call(within=10)).ignores()
    assert (await world.news("released", event_id="evt_r")).status == 202
    assert (await world.news("released", event_id="evt_r")).status == 200
    await world.sleep(5)
    assert (await world.news("released", event_id="evt_r")).status == 409, "another time is other content"
    await phone.expect_no_call(during=900)
    assert world.tellings() == []


async def test_a_window_can_be_extended_until_it_is_settled(world: World) -> None:
    event = world.event(tier="medium", minutes=10)
    await world.post("/v1/risk-events", event)
    call = await is_rung(world)
    await call.presses("*")
    await call.ended()
    later = world.clock.now() + timedelta(minutes=30)
    assert (await world.news("window_extended", decide_by=iso(later))).status == 202
    sooner = await world.news("window_extended", decide_by=iso(later - timedelta(minutes=1)))
    assert sooner.status == 409
    await world.sleep(20 * 60)
    assert world.tellings() == []
    await world.sleep(10 * 60)
    assert world.tellings() == [("hold", "opt_out")]
    late = await world.news("window_extended", decide_by=iso(later + timedelta(minutes=9)))
    assert late.status == 409


async def test_a_label_is_kept_beside_the_decision_and_changes_nothing(world: World) -> None:
    await world.post("/v1/risk-events", world.event(minutes=-1))
    assert await world.decided() == "hold"
    label = {
        "type": "label", "event_id": "evt_label", "transfer_id": "t_1", "label": "genuine", "recovered": "0",
        "occurred_at": iso(world.clock.now()),
    }  # fmt: skip
    assert (await world.post("/v1/labels", {**label, "recovered": "0.001"})).status == 422
    assert (await world.post("/v1/labels", label)).status == 202
    assert (await world.post("/v1/labels", label)).status == 200
    assert (await world.post("/v1/labels", {**label, "label": "scam"})).status == 409
    assert (await world.post("/v1/labels", {**label, "event_id": "evt_x", "transfer_id": "t_9"})).status == 409
    await world.sleep(60)
    assert len(world.tellings()) == 1
    assert world.timeline("labelled")[0]["label"] == "genuine"


async def test_a_batch_is_answered_one_by_one(world: World) -> None:
    await world.post("/v1/risk-events", world.event(1, minutes=-1))
    again, new = world.event(1, minutes=-1), world.event(2, minutes=-1)
    conflict = changed(world.event(1, minutes=-1), "transfer", amount="7.00")
    stolen = changed(world.event(1, customer="u_9", minutes=-1), "risk", tier="high") | {"event_id": "evt_9"}
    broken = changed(world.event(3), "transfer", amount="1E+999999")
    answer = await world.post("/v1/risk-events/batch", {"events": [again, new, conflict, stolen, broken]})
    results = answer.body["results"]
    assert [result["status"] for result in results] == [200, 202, 409, 409, 422]
    assert results[4]["problem"]["errors"][0]["field"].endswith("transfer.amount")
    assert await world.decided("t_2") == "hold"
    assert await world.decided("t_1") == "hold"
    assert (await world.get("/v1/transfers/t_3/decision")).status == 404


async def test_a_long_poll_wakes_with_the_decision(world: World) -> None:
    call = await reach(world)
    assert (await world.in_force())["reason"] == "standing"
    poll = asyncio.create_task(world.get("/v1/transfers/t_1/decision?wait=60"))
    await world.sleep(5)
    assert not poll.done()
    await call.presses("2")
    answer = await poll
    assert (answer.body["decision"], answer.body["reason"]) == ("hold", "not_me")
    patient = await world.get("/v1/transfers/t_1/decision?wait=5&after=2")
    assert patient.status == 204, "nothing newer came"
    await call.ended()


async def test_an_unknown_customer_is_not_called(world: World) -> None:
    status = await world.in_app("u_unknown")
    assert not status["calling"]
    assert "hang up and dial the number on your card" in status["say"]
    assert world.company.ledger.of("created") == []
