"""The money goes out while its customer is on the line, and they now say what would have stopped it."""

from __future__ import annotations

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.talks import all_is_well, hears_nothing_private, is_rung, is_told, let_go_by_a_person, reach
from tests.scenario.test_guardian_call import asked, guardian_rung
from tests.scenario.world import LIN, MEI, World, iso
from wakeup.simulator.conference import MET
from wakeup.simulator.dialled import JOINED
from wakeup.simulator.handset import HandsetCall


async def gone(world: World, how: str) -> None:
    """Make the payment of this call leave: the bank pays it out (`released`) or staff release it (the others). With
    `undelivered` the core is down. With `in_doubt` a label then recalls the allow, and it is unknown whether the
    money has left."""
    if how in {"undelivered", "in_doubt"}:
        world.core.next_fault(*["500"] * 40)
    if how == "released":
        await world.news(how)
        return
    await let_go_by_a_person(world)
    if how == "in_doubt":
        label = {
            "type": "label", "event_id": "evt_label", "transfer_id": "t_1", "label": "scam", "recovered": "0",
            "occurred_at": iso(world.clock.now()),
        }  # fmt: skip
        assert (await world.post("/v1/labels", label)).status == 202
        assert (await world.in_force())["decision"] == "hold"


async def flag_two(world: World) -> None:
    """Two payments of one customer. The call is about the larger one."""
    world.handset(MEI)
    await world.flag(tier="medium", minutes=40)
    await world.flag(world.event(2, customer="u_1", tier="medium", minutes=40, amount="800.00"))


async def reach_one_of_two(world: World) -> HandsetCall:
    await flag_two(world)
    call = await is_rung(world)
    await is_told(call)
    return call


def before_people(world: World) -> bool:
    [(state, unheld_at)] = world._rows("SELECT state, unheld_at FROM cases")
    return state != "settled" and unheld_at is not None


@pytest.mark.parametrize("how", ["released", "let_go", "undelivered"])
async def test_a_warning_counts_though_nothing_is_left_to_talk_about(world: World, how: str) -> None:
    """The payment went out a moment ago, and now the customer says that it was not them. They are not told that it
    is stopped, even if it is recalled, because that may be too late."""
    world.expects("alarm")
    call = await reach(world, tier="medium")
    await gone(world, how)
    await call.presses("2")
    await call.hears("马上自己拨银行卡背面的号码，说钱转出去了，请银行帮忙拦")
    await call.ended()
    await call.hears_nothing_of("先停住")
    assert world.learned() == [("right_party", "not_me")]
    assert len(world.timeline("warned_after_allow")) == 1
    assert len(world.timeline("allow_called_back")) == (how == "undelivered")
    assert before_people(world)


@pytest.mark.parametrize(("how", "words"), [("released", "我要取消"), ("let_go", "别转了")])
async def test_a_customer_who_cancels_too_late_is_not_told_that_it_is_done(world: World, how: str, words: str) -> None:
    world.expects("alarm")
    call = await reach(world, tier="medium")
    await gone(world, how)
    await call.says(words)
    await call.hears("在这通电话里拦不下来")
    await call.hears("马上自己拨银行卡背面的号码")
    await call.ended()
    await call.hears_nothing_of("办好了")
    assert world.learned() == [("right_party", "dissuaded")]
    assert before_people(world)


@pytest.mark.parametrize(("how", "words"), [("let_go", "0"), ("released", "转人工"), ("let_go", "我被骗了")])
async def test_a_customer_who_asks_in_vain_for_an_agent_after_the_payment_left_is_queued(
    world: World, how: str, words: str
) -> None:
    call = await reach(world, tier="medium")
    await gone(world, how)
    await (call.presses(words) if words == "0" else call.says(words))
    await call.hears("同事这会儿都在忙，我们会尽快跟您联系")
    await call.ended()
    await call.hears_nothing_of("办好了")
    assert world.learned() == [("right_party", "agent_requested")]
    assert before_people(world)


@pytest.mark.parametrize("then", ["released", "cancelled_in_app"])
async def test_a_customer_who_asked_in_vain_waits_whatever_the_bank_does_with_the_payment(
    world: World, then: str
) -> None:
    """After each allow the bank tells us what became of the payment."""
    call = await reach(world, tier="medium")
    await let_go_by_a_person(world)
    await call.presses("0")
    await call.hears("同事这会儿都在忙，我们会尽快跟您联系")
    await call.ended()
    await world.news(then)
    await world.sleep(60)
    assert before_people(world)


@pytest.mark.parametrize("how", ["released", "let_go"])
async def test_a_callee_who_cannot_talk_after_the_payment_left_is_queued_for_staff(world: World, how: str) -> None:
    world.expects("alarm")
    call = await reach(world, tier="medium")
    await gone(world, how)
    await call.presses("5")
    await call.ended()
    assert len(world.timeline("warned_after_allow")) == 1
    assert before_people(world)


@pytest.mark.parametrize("how", ["released", "let_go"])
@pytest.mark.settings(WAKEUP_PEOPLE__NUMBERS=LIN)
async def test_a_customer_who_gives_up_waiting_after_the_payment_left_is_queued_for_staff(
    world: World, how: str
) -> None:
    desk = world.handset(LIN)
    call = await reach(world, tier="medium")
    await gone(world, how)
    await call.presses("0")
    await call.hears("我帮您接一位同事")
    await desk.expect_call(within=30)
    await call.hangs_up()
    await world.sleep(60)
    assert world.learned() == [("right_party", "agent_requested")]
    assert before_people(world)


@pytest.mark.parametrize("agents", [False, True])
@pytest.mark.settings(WAKEUP_PEOPLE__NUMBERS=LIN)
async def test_a_customer_who_talked_with_a_colleague_when_the_payment_left_is_not_queued(
    world: World, agents: bool
) -> None:
    desk = await comes_to_work(world, "ada") if agents else world.handset(LIN)
    call = await reach(world, tier="medium")
    await call.presses("0")
    colleague = await desk.expect_call(within=30)
    await colleague.answers()
    await colleague.hears("按1")
    await colleague.presses("1")
    await call.hears(MET if agents else JOINED)
    await gone(world, "let_go")
    await call.hangs_up()
    await world.sleep(60)
    assert world.learned() == [("right_party", "agent_requested")]
    assert not before_people(world)


async def test_a_customer_who_asks_for_english_hears_in_english_that_the_payment_left(world: World) -> None:
    call = await reach(world, tier="medium")
    await let_go_by_a_person(world)
    await call.says("English please")
    await call.hears("it cannot be stopped on this call")
    await call.ended()


@pytest.mark.parametrize(("how", "heard"), [("released", "1"), ("let_go", "2"), ("released", "您好，您说")])
async def test_a_stranger_at_the_line_does_not_hear_that_it_has_gone_ahead(world: World, how: str, heard: str) -> None:
    """A callee who only picked up hears of no payment and not that one has gone, but still which number to call."""
    world.handset(MEI)
    await world.flag(tier="medium")
    call = await is_rung(world)
    await gone(world, how)
    await (call.presses(heard) if heard.isdigit() else call.says(heard))
    await call.hears("这通电话里没有别的要办了")
    await call.hears("马上自己拨银行卡背面的号码")
    await call.ended()
    await hears_nothing_private(call)
    for word in ("办出去", "拦不下来", "想拦"):
        await call.hears_nothing_of(word)


@pytest.mark.parametrize(
    ("how", "does", "hears"),
    [
        ("released", "我要取消", "在这通电话里拦不下来"),
        ("let_go", "别转了", "在这通电话里拦不下来"),
        ("let_go", "1", "在这通电话里拦不下来"),
        ("released", "0", "同事这会儿都在忙，我们会尽快跟您联系"),
    ],
)
async def test_a_customer_with_another_held_payment_does_not_hear_that_this_one_is_held(
    world: World, how: str, does: str, hears: str
) -> None:
    """The call is about the larger payment, which has gone out. Nothing stops it, and none of its money is left."""
    if not does.isdigit():
        world.expects("alarm")
    call = await reach_one_of_two(world)
    await gone(world, how)
    await (call.presses(does) if does.isdigit() else call.says(does))
    await call.hears(hears)
    await call.hears("马上自己拨银行卡背面的号码")
    await call.ended()
    for untrue in ("停在这儿", "不会转出去", "先停着", "先停住", "办好了"):
        await call.hears_nothing_of(untrue)
    assert before_people(world) is (does != "1")


@pytest.mark.parametrize("how", ["released", "let_go"])
async def test_a_payment_that_has_gone_is_not_named_as_one_that_waits_and_the_other_is_asked_about(
    world: World, how: str
) -> None:
    await flag_two(world)
    call = await is_rung(world)
    await call.presses("1")
    await call.hears("核对码")
    await gone(world, how)
    await call.presses("1")
    await call.hears("在这通电话里拦不下来")
    await call.ended()
    await call.hears_nothing_of("钱还在您账户里")
    second = await is_rung(world, within=120)
    await is_told(second)
    await second.hears("约八百")
    await all_is_well(second)
    assert world.rang() == 2
    assert await world.decided("t_2") == "allow"


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize(
    ("does", "hears"),
    [
        ("我要取消", "在这通电话里拦不下来"),
        ("1", "在这通电话里拦不下来"),
        ("0", "同事这会儿都在忙，我们会尽快跟您联系"),
    ],
)
async def test_no_customer_hears_that_the_money_stays_while_it_is_unknown_whether_it_has_left(
    world: World, two: bool, does: str, hears: str
) -> None:
    """The payment is held again, but the payment core has not said yet whether that came in time."""
    if not does.isdigit():
        world.expects("alarm")
    call = await (reach_one_of_two(world) if two else reach(world, tier="medium"))
    await gone(world, "in_doubt")
    before = len(call.transcript)
    await (call.presses(does) if does.isdigit() else call.says(does))
    await call.hears(hears)
    await call.ended()
    for untrue in ("停在这儿", "不会转出去", "先停着", "先停住", "办好了", "还在您账户"):
        assert not any(untrue in piece for piece in call.transcript[before:]), call.transcript
    assert before_people(world)


async def test_a_payment_that_may_have_left_is_not_named_as_one_that_waits(world: World) -> None:
    await flag_two(world)
    call = await is_rung(world)
    await call.presses("1")
    await call.hears("核对码")
    await gone(world, "in_doubt")
    await call.presses("1")
    await call.hears("在这通电话里拦不下来")
    await call.ended()
    await call.hears_nothing_of("钱还在您账户里")
    second = await is_rung(world, within=120)
    await is_told(second)
    await second.hears("约八百")
    await second.hangs_up()


@pytest.mark.parametrize(("says", "contact"), [("2", "third_party"), ("打错了", "wrong_number")])
async def test_a_third_party_is_not_called_again_because_a_payment_has_left(
    world: World, says: str, contact: str
) -> None:
    await flag_two(world)
    call = await is_rung(world)
    await world.news("released", "t_1")
    await (call.presses(says) if says.isdigit() else call.says(says))
    await call.hears("这通电话里没有别的要办了")
    await call.ended()
    assert world.learned() == [(contact, "partial")]
    await world.handset(MEI).expect_no_call(during=1200)


async def test_a_customer_who_has_heard_of_each_payment_is_not_called_again(world: World) -> None:
    """One payment was asked about and is cooling. Then the other goes out during its own call."""
    call = await reach(world, tier="medium", minutes=40, amount="800.00")
    await world.flag(world.event(2, customer="u_1", tier="medium", minutes=40))
    await all_is_well(call)
    second = await is_rung(world, within=120)
    await is_told(second)
    await world.news("released", "t_2")
    await second.presses("1")
    await second.hears("在这通电话里拦不下来")
    await second.ended()
    await world.handset(MEI).expect_no_call(during=600)
    assert await world.decided("t_1") == "allow"


async def test_a_guardian_is_asked_about_what_is_left_when_the_larger_payment_has_gone(world: World) -> None:
    customer, guardian = await guardian_rung(world)
    world.handset(MEI).carrier = "failed"
    await customer.rejects()
    await world.flag(world.event(2, customer="u_1", tier="medium", amount="800.00"))
    await asked(guardian)
    await world.news("released", "t_1")
    await guardian.presses("3")
    await guardian.hears("听到您的声音，他会安心很多")
    await guardian.ended()
