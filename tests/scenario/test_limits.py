"""What one conversation may release: the payment it named, within the limits of a payment, a day and a week."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.talks import all_is_well, is_rung, is_told, reach
from tests.scenario.world import LIN, World, iso
from wakeup.simulator.conference import MET
from wakeup.simulator.dialled import JOINED


@pytest.mark.parametrize(("amount", "currency", "why"), [
    ("20000.01", "SGD", "above_limit"), ("15385", "USD", "above_limit"), ("100", "ZAR", "above_limit"),
])  # fmt: skip
async def test_a_large_or_unpriced_payment_is_for_a_person_to_release(
    world: World, amount: str, currency: str, why: str
) -> None:
    call = await reach(world, tier="medium", minutes=20, amount=amount, currency=currency)
    await all_is_well(call)
    assert await world.decided() == "hold"
    await world.sleep(2000)
    assert world.tellings() == [("hold", why)]


async def test_one_call_covers_two_payments_and_releases_only_the_one_it_named(world: World) -> None:
    world.handset()
    await world.flag(n=1, tier="medium", minutes=40, amount="900.00", customer="u_1")
    await world.flag(n=2, tier="medium", minutes=40, amount="5200.00", customer="u_1")
    call = await is_rung(world)
    await is_told(call)
    assert any("大约五千两百新币" in piece for piece in call.transcript)
    await all_is_well(call)
    assert await world.decided("t_2") == "allow"
    assert await world.decided("t_1") == "hold"
    assert world.rang() == 1


async def test_a_payment_flagged_while_we_talk_was_not_talked_about(world: World) -> None:
    call = await reach(world, tier="medium", minutes=40, customer="u_1")
    await world.flag(n=2, tier="medium", minutes=40, amount="9000.00", customer="u_1")
    await all_is_well(call)
    for _ in range(3):  # about the second payment, of which nothing is learnt
        await (await world.handset().expect_call(within=900)).ignores()
    assert await world.decided("t_1") == "allow"
    assert await world.decided("t_2") == "hold"


async def test_protective_words_hold_every_payment_of_the_customer(world: World) -> None:
    world.handset()
    await world.flag(n=1, tier="medium", customer="u_1")
    await world.flag(n=2, tier="medium", customer="u_1")
    call = await is_rung(world)
    await is_told(call)
    await call.says("不是我转的")
    await call.ended()
    assert await world.decided("t_1", within=5) == "hold"
    assert await world.decided("t_2", within=5) == "hold"
    assert world.tellings("t_1") == world.tellings("t_2") == [("hold", "not_me")]


async def test_protective_words_about_one_payment_raise_an_alarm_when_another_has_been_let_go(world: World) -> None:
    world.expects("alarm")
    call = await reach(world, tier="medium", minutes=40, customer="u_1")
    await all_is_well(call)
    await world.sleep(600)
    await world.flag(n=2, tier="medium", minutes=40, amount="9000.00", customer="u_1")
    await (await world.handset().expect_call(within=60)).ignores()
    assert await world.decided("t_1") == "allow"
    assert not world.logged("alarm")
    again = await is_rung(world, within=900)
    await is_told(again)
    await again.says("不是我转的")
    await again.ended()
    assert await world.decided("t_2", within=5) == "hold"
    assert [line["cause"] for line in world.logged("alarm")] == ["warned_after_allow"]
    assert [row["by"] for row in world.timeline("warned_after_allow")] == ["callee"]
    assert await world.decided("t_1") == "allow", "what is gone is not ours to take back"


async def test_protective_words_outweigh_an_earlier_yes(world: World) -> None:
    """The first call went well and its payment cools. The call about a second payment brings the truth out."""
    call = await reach(world, tier="medium", minutes=40, customer="u_1")
    await all_is_well(call)
    await world.sleep(30)
    await world.flag(n=2, tier="medium", minutes=40, customer="u_1")
    again = await is_rung(world)
    await is_told(again)
    await again.says("有人教我这么说的，钱已经转出去了")
    await again.ended()
    assert await world.decided("t_1") == "hold"
    assert await world.decided("t_2") == "hold"
    await world.sleep(2000)
    assert [decision for decision, _ in world.tellings("t_1")] == ["hold"]


@pytest.mark.parametrize("shared", ["customer", "payee"])
async def test_splitting_a_sum_does_not_help(world: World, shared: str) -> None:
    for n in (1, 2):
        customer = "u_1" if shared == "customer" else f"u_{n}"
        account = "SG-77" if shared == "payee" else None
        phone = f"+659123451{n if shared == 'payee' else 0}"
        who = {"customer": customer, "account": account, "phone": phone}
        call = await reach(world, n=n, tier="medium", amount="16000.00", **who)
        await all_is_well(call)
        await world.sleep(2000)
    assert world.tellings("t_1") == [("allow", "consistent")], "alone it was below every limit"
    assert world.tellings("t_2") == [("hold", "above_limit")]


async def test_after_a_scare_the_next_payment_stands_one_tier_higher(world: World) -> None:
    call = await reach(world, tier="medium", customer="u_1")
    await call.presses("2")
    await call.ended()
    assert await world.decided(within=5) == "hold"
    await world.sleep(20)  # a number is not rung again the moment a call to it ends
    again = await reach(world, n=2, tier="medium", minutes=20, customer="u_1")
    await all_is_well(again)
    assert await world.decided("t_2") == "hold"
    assert world.tellings("t_2") == [("hold", "app_confirmation_missing")]


async def test_a_customer_who_wants_no_more_calls_is_not_called_about_the_next_payment(world: World) -> None:
    world.handset()
    await world.flag(n=1, tier="medium", minutes=10, customer="u_1")
    call = await is_rung(world)
    await call.presses("*")
    await call.ended()
    await world.flag(n=2, tier="medium", minutes=10, customer="u_1")
    await world.handset().expect_no_call(during=900)
    assert await world.decided("t_1") == await world.decided("t_2") == "hold"


@pytest.mark.parametrize("sign", ["forwarding", "sim_swapped_at", "phone_changed_at"])
async def test_a_line_that_may_not_be_the_customers_is_left_to_a_person(world: World, sign: str) -> None:
    event: dict[str, Any] = world.event(tier="medium", minutes=10)
    event["customer"][sign] = True if sign == "forwarding" else iso(world.clock.now())
    await world.flag(event)
    await world.handset().expect_no_call(during=700)
    assert await world.decided() == "hold"
    assert world.timeline("attempt_suppressed")[0]["reason"] == "number_suspicious"


@pytest.mark.parametrize(("phone", "why"), [
    ("+8613800138000", "destination_refused"),
    ("+6519001234567", "destination_refused"),
    ("+870773111632", "destination_refused"),
])  # fmt: skip
async def test_numbers_that_must_not_be_dialled_are_not(world: World, phone: str, why: str) -> None:
    answer = await world.flag(tier="medium", minutes=10, phone=phone)
    assert answer.status == 202, answer.body
    assert await world.decided() == "hold"
    assert world.posts(phone) == []
    assert [row["reason"] for row in world.timeline("attempt_suppressed")] in ([why], [])


async def test_a_payment_that_has_cooled_is_not_released_while_its_customer_talks_with_an_agent(world: World) -> None:
    """The talk is about the customer's other payment, in a second call."""
    desk = await comes_to_work(world, "ada")
    await all_is_well(await reach(world, tier="medium", minutes=20, signals=[]))
    await world.sleep(750)
    await world.flag(n=2, customer="u_1", tier="medium", minutes=30, signals=[])
    call = await is_rung(world, within=120)
    await is_told(call)
    await call.presses("0")
    agent = await desk.expect_call(within=20)
    await agent.answers()
    await agent.presses("1")
    await call.hears(MET)
    await world.sleep(600)
    assert agent.status == call.status == "in-progress"
    assert world.tellings() == [("hold", "in_talk")], "decided in time"
    await call.hangs_up()
    await agent.ended()


@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.settings(WAKEUP_PEOPLE__NUMBERS=LIN)
async def test_a_payment_that_has_cooled_is_not_released_while_its_customer_talks_with_a_colleague(
    world: World, *, asks: bool
) -> None:
    """No agents are enrolled. The customer asks for a human, or is connected because they answer nothing."""
    await all_is_well(await reach(world, tier="medium", minutes=20, signals=[]))
    await world.sleep(700)
    await world.flag(n=2, customer="u_1", tier="medium", minutes=30, signals=[])
    call = await is_rung(world, within=120)
    await is_told(call)
    if asks:
        await call.presses("0")
    colleague = await world.handset(LIN).expect_call(within=120)
    assert world.tellings() == []
    assert [row["reason"] for row in world.timeline("cooling_ended")] == ["release_guarded"], "at once"
    await colleague.answers()
    await world.sleep(5)
    await colleague.presses("1")
    await call.hears(JOINED)
    await world.sleep(600)
    assert call.status == colleague.status == "in-progress"
    assert world.tellings() == [("hold", "release_guarded")]
    await call.hangs_up()
    await colleague.ended()
    await world.sleep(1800)
    assert {ruling for ruling, _ in world.tellings()} == {"hold"}, "nor after it"


@pytest.mark.settings(WAKEUP_PEOPLE__NUMBERS=LIN)
async def test_nor_is_it_while_they_talk_about_a_payment_that_they_have_cancelled(world: World) -> None:
    """The case of that call holds nothing any more. The other one is held while it cools."""
    await all_is_well(await reach(world, tier="medium", minutes=12, signals=[]))
    await world.sleep(700)
    await world.flag(n=2, customer="u_1", tier="medium", minutes=30, signals=[])
    call = await is_rung(world, within=120)
    await is_told(call)
    await world.news("cancelled_in_app", "t_2")
    await call.presses("0")
    colleague = await world.handset(LIN).expect_call(within=120)
    await colleague.answers()
    await world.sleep(5)
    await colleague.presses("1")
    await call.hears(JOINED)
    await world.sleep(900)
    assert call.status == colleague.status == "in-progress"
    assert {ruling for ruling, _ in world.tellings()} == {"hold"}
