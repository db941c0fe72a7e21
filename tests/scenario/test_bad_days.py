"""The phone company or the line fails: fewer customers are reached, and every transfer is decided in time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.scenario.talks import all_is_well, is_rung, is_told
from tests.scenario.world import LIN, MEI, World


async def test_a_customer_who_answers_after_three_busy_calls_is_heard(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for _ in range(3):
        call = await phone.expect_call(within=60)
        await call.is_busy()
    call = await is_rung(world, within=60)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert [row["disposition"] for row in world.timeline("call_end")] == ["busy"] * 3 + ["answered"]


async def test_always_busy_is_tried_again_later_and_left_alone_after_six_calls(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for _ in range(4):
        await (await phone.expect_call(within=60)).is_busy()
    for _ in range(2):
        await phone.expect_no_call(during=290)
        await (await phone.expect_call(within=60)).is_busy()
    await phone.expect_no_call(during=2000)
    assert world.tellings() == [("hold", "nobody_reached")]


async def test_a_customer_whom_the_scammer_keeps_on_the_line_is_reached_later(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for _ in range(4):
        await (await phone.expect_call(within=60)).is_busy()
    call = await is_rung(world, within=400)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"


@pytest.mark.parametrize("minutes", [12, 40])
async def test_the_customer_does_not_answer_and_the_transfer_is_held_in_time(world: World, minutes: int) -> None:
    phone = world.handset()
    await world.flag(minutes=minutes)
    for _ in range(3):
        await (await phone.expect_call(within=400)).ignores()
    await phone.expect_no_call(during=2500)
    assert world.tellings() == [("hold", "nobody_reached")]
    decided = datetime.fromisoformat(str(world.core.ledger.of("accepted")[0]["at"]))
    assert decided >= world.clock.epoch + timedelta(minutes=minutes, seconds=-3), "used to the last moment"


async def test_a_declined_call_is_rung_again_later(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    await (await phone.expect_call(within=10)).rejects()
    await phone.expect_no_call(during=290)
    call = await is_rung(world, within=20)
    await is_told(call)
    await all_is_well(call)
    assert world.timeline("call_end")[0]["disposition"] == "rejected"
    assert await world.decided() == "allow"


async def test_a_failing_line_is_tried_twice(world: World) -> None:
    world.handset().carrier = "failed"
    await world.flag(tier="medium", minutes=10)
    assert await world.decided() == "hold"
    assert [row["disposition"] for row in world.timeline("call_end")] == ["failed"] * 2


async def test_an_invalid_number_is_not_rung_again(world: World) -> None:
    world.company.people.refusal = lambda number: 21211 if number == LIN else 0  # type: ignore[method-assign]
    await world.flag(tier="medium", minutes=10, phone=LIN)
    assert await world.decided() == "hold"
    assert len(world.posts(LIN)) == 1
    assert world.timeline("call_refused")[0]["code"] == 21211


async def test_a_suspended_account_stops_all_dialling_with_an_alarm(world: World) -> None:
    world.expects("alarm")
    world.company.suspend_account()
    await world.flag(tier="medium", minutes=5)
    await world.sleep(2)
    assert world.logged("alarm")
    await world.flag(n=2, tier="medium", minutes=5, phone=LIN)
    await world.sleep(30)
    assert world.company.ledger.of("post_received") == [], "refused at the door"
    assert len(world.company.ledger.of("post_refused")) == 1, "nothing is dialled for a minute"
    assert await world.decided("t_1") == "hold"
    assert await world.decided("t_2") == "hold"


async def test_dialling_starts_again_when_the_account_is_back(world: World) -> None:
    world.expects("alarm")
    phone = world.handset()
    world.company.suspend_account()
    await world.flag(tier="medium", minutes=40)
    await world.sleep(300)
    assert world.rang() == 0
    world.company.suspend_account(suspended=False)
    call = await phone.expect_call(within=90)
    await call.answers()
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"


async def test_the_phone_company_is_away_all_through_the_window(world: World) -> None:
    await world.company.close_port()
    await world.flag(minutes=10)
    assert await world.decided(within=600) == "hold"
    assert world.tellings() == [("hold", "nobody_reached")]
    assert world.timeline("call_not_sent")
    await world.company.open_port()
    await world.handset().expect_no_call(during=900)


async def test_the_phone_company_comes_back_within_the_window(world: World) -> None:
    world.handset()
    await world.company.close_port()
    await world.flag(tier="medium", minutes=40)
    await world.sleep(200)
    await world.company.open_port()
    call = await is_rung(world, within=60)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert len(world.posts()) == 1


async def test_a_call_still_queued_when_the_window_ends_is_cancelled(world: World) -> None:
    world.expects("alarm")
    world.handset()
    world.company.calls_per_second = 1 / 3600
    await world.flag(n=2, phone=LIN, minutes=10)
    await (await world.handset(LIN).expect_call(within=10)).rejects()
    await world.flag(minutes=10)
    assert await world.decided() == "hold"
    assert world.timeline("queued_at_provider"), "an account that may dial less than we were told says so at once"
    await world.sleep(60)
    (queued,) = [call for call in world.company.calls.values() if call.request.to == MEI]
    assert queued.status == "canceled"
    await world.handset().expect_no_call(during=900)


@pytest.mark.parametrize("known", [True, False])
async def test_a_call_still_queued_when_the_payment_is_cancelled_is_cancelled_too(world: World, known: bool) -> None:
    """Whether the queued call is already known, or is only searched for because the create response was lost."""
    world.expects("alarm")
    world.handset()
    world.company.calls_per_second = 1 / 3600
    await world.flag(n=2, phone=LIN, minutes=10)
    await (await world.handset(LIN).expect_call(within=10)).rejects()
    if not known:
        world.company.faults.next_create("drop_after_create")
    await world.flag(minutes=30)
    await world.sleep(2)
    (queued,) = [call for call in world.company.calls.values() if call.request.to == MEI]
    assert queued.status == "queued"
    await world.news("cancelled_in_app")
    await world.sleep(60)
    assert queued.status == "canceled"
    await world.handset().expect_no_call(during=900)


async def test_when_the_phone_company_has_no_line_free_the_same_attempt_comes_again(world: World) -> None:
    world.company.max_concurrent = 1
    await world.flag(n=2, phone=LIN, tier="medium", minutes=10)
    other = await is_rung(world, LIN)
    await world.flag(tier="medium", minutes=40)
    await world.handset().expect_no_call(during=20)
    await other.presses("*")
    await other.ended()
    call = await is_rung(world, within=60)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert len({row["url"] for row in world.posts()}) == 1


async def test_a_lost_call_that_is_found_waiting_too_late_is_cancelled(world: World) -> None:
    world.handset()
    world.company.calls_per_second = 1 / 3600
    await world.flag(n=2, phone=LIN, minutes=1.5)
    await (await world.handset(LIN).expect_call(within=10)).rejects()
    world.company.faults.list_lag = 60
    world.company.faults.next_create("drop_after_create")
    await world.flag(minutes=3)
    await world.sleep(125)
    (queued,) = [call for call in world.company.calls.values() if call.request.to == MEI]
    assert world.timeline("call_unknown")
    assert queued.status == "canceled"
    assert await world.decided() == "hold"


async def test_two_customers_with_one_phone_are_rung_one_after_the_other(world: World) -> None:
    phone = world.handset()
    await world.flag(n=1, tier="medium", minutes=40)
    await world.flag(n=2, tier="medium", minutes=40)
    first = await phone.expect_call(within=10)
    await world.sleep(15)
    assert world.rang() == 1
    await first.answers()
    await is_told(first)
    await all_is_well(first)
    second = await is_rung(world, within=25)
    await is_told(second)
    await all_is_well(second)
    assert await world.decided("t_1") == "allow"
    assert await world.decided("t_2") == "allow"


async def test_a_call_the_phone_company_forgot_frees_its_phone(world: World) -> None:
    phone = world.handset()
    world.company.faults.next_callback("lost", event="completed")
    await world.flag(n=1, tier="medium", minutes=10)
    await world.flag(n=2, tier="medium", minutes=40)
    forgotten = await phone.expect_call(within=10)
    await forgotten.is_busy()
    del world.company.calls[forgotten.sid]
    call = await is_rung(world, within=150)
    assert [row["kind"] for row in world.timeline("call_vanished")] == ["call_vanished"]
    assert 'wakeup_calls_total{disposition="unknown"} 1.0' in await world.metrics()
    await is_told(call)
    await all_is_well(call)
    assert await world.decided("t_2") == "allow"
    assert await world.decided("t_1") == "hold"


@pytest.mark.settings(WAKEUP_TWILIO__CALLS_PER_SECOND="3")
async def test_calls_start_at_the_accounts_pace(world: World) -> None:
    numbers = await twenty_are_flagged(world)
    for number in numbers:
        await (await world.handset(number).expect_call(within=30)).rejects()
    starts = [datetime.fromisoformat(row["at"]) for row in world.company.ledger.of("post_received")]
    assert len(starts) == 20
    assert all(later - start >= timedelta(seconds=1) for start, later in zip(starts, starts[3:], strict=False))
    assert {await world.decided(f"t_{n}") for n in range(1, 21)} == {"hold"}


@pytest.mark.settings(WAKEUP_TWILIO__MAX_CONCURRENT_CALLS="4")
async def test_calls_never_fill_more_than_the_accounts_lines(world: World) -> None:
    numbers = await twenty_are_flagged(world)
    await world.sleep(5)
    assert sum(map(world.rang, numbers)) == 4, "the others wait"
    for number in numbers:
        await (await world.handset(number).expect_call(within=30)).rejects()
    await world.sleep(1)
    assert Counter(row["disposition"] for row in world.timeline("call_end")) == {"rejected": 20}
    assert world.company.ledger.summary()["max_concurrent"] == 4
    assert {await world.decided(f"t_{n}") for n in range(1, 21)} == {"hold"}


async def twenty_are_flagged(world: World) -> list[str]:
    numbers = [f"+65912346{n:02d}" for n in range(20)]
    for n, number in enumerate(numbers, 1):
        world.handset(number)
        await world.flag(n=n, phone=number, tier="medium", minutes=1.5)
    return numbers


async def test_at_night_only_a_critical_case_rings_and_the_timeline_says_so(world: World) -> None:
    """It is 02:00 in London."""
    await world.flag(n=1, tier="high", minutes=30, zone="Europe/London")
    await world.flag(n=2, phone=LIN, tier="critical", minutes=1.5, zone="Europe/London")
    call = await world.handset(LIN).expect_call(within=10)
    await call.rejects()
    await world.handset(MEI).expect_no_call(during=200)
    assert await world.decided("t_2") == "hold"
    assert await world.decided("t_1") == "hold"
    assert world.posts(MEI) == []
    assert world.timeline("attempt_suppressed")[0]["reason"] == "quiet_hours"
    assert {row["tier"] for row in world.timeline("quiet_hours_overridden")} == {"critical"}


async def test_a_window_that_reaches_into_the_morning_waits_for_it(world: World) -> None:
    """It is 07:30 in Kolkata."""
    world.handset()
    await world.flag(tier="medium", minutes=90, zone="Asia/Kolkata")
    await world.handset().expect_no_call(during=30 * 60 - 10)
    call = await is_rung(world, within=60)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"


async def test_a_restarted_service_goes_on_where_it_was(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    first = await phone.expect_call(within=10)
    await first.is_busy()
    await world.sleep(2)
    await world.service.stop()
    await world.sleep(120)
    await world.start_service()
    call = await is_rung(world, within=10)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert len(world.posts()) == 2
