"""At most once: whatever the phone company answers, loses or repeats, no phone is rung twice for one attempt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.talks import all_is_well, is_told
from tests.scenario.world import FROM, LIN, MEI, World, tell
from wakeup.simulator.call_request import Hook
from wakeup.simulator.handset import HandsetCall


async def talks_it_through(world: World, call: HandsetCall) -> None:
    """The whole talk about a harmless payment, and its decision."""
    await call.answers()
    await call.hears("自动语音来电")
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert world.learned() == [("right_party", "consistent")]


@pytest.mark.parametrize("refusals", [1, 3])
async def test_too_many_requests_is_tried_again_as_the_same_attempt(world: World, refusals: int) -> None:
    phone = world.handset()
    world.company.faults.next_create(*["429"] * refusals)
    await world.flag(tier="medium", minutes=40)
    await talks_it_through(world, await phone.expect_call(within=60))
    assert len(world.posts()) == refusals + 1
    assert len({row["url"] for row in world.posts()}) == 1, "the same attempt"
    assert world.rang() == 1


@pytest.mark.parametrize("fault", ["drop_after_create", "late_201"])
async def test_a_lost_answer_is_asked_for_and_never_posted_again(world: World, fault: str) -> None:
    """No webhook helps either: the first three callbacks are lost, and the phone rings for a while."""
    phone = world.handset()
    world.company.faults.next_create(fault)
    for event in ("initiated", "ringing", "answered"):
        world.company.faults.next_callback("lost", event=event)
    await world.flag(tier="medium", minutes=40)
    call = await phone.expect_call(within=60)
    await world.sleep(25)
    await talks_it_through(world, call)
    assert len(world.posts()) == 1
    assert world.timeline("call_bound")[0]["call"] == call.sid
    assert bool(world.timeline("call_unknown")) is (fault != "late_201")


@pytest.mark.parametrize("fault", ["drop_after_create", "late_201"])
async def test_a_callback_that_comes_first_binds_the_call(world: World, fault: str) -> None:
    phone = world.handset()
    world.company.faults.next_create(fault)
    await world.flag(tier="medium", minutes=40)
    call = await phone.expect_call(within=10)
    await talks_it_through(world, call)
    assert len(world.posts()) == 1
    assert [row["call"] for row in world.timeline("call_bound")] == [call.sid]


@pytest.mark.parametrize("fault", ["500", "refuse"])
async def test_a_call_that_cannot_be_found_is_given_up_after_two_minutes_and_rung_anew(
    world: World, fault: str
) -> None:
    phone = world.handset()
    world.company.faults.next_create(fault)
    await world.flag(tier="medium", minutes=40)
    await phone.expect_no_call(during=115)
    assert len(world.posts()) == 1
    await talks_it_through(world, await phone.expect_call(within=20))
    assert len({row["url"] for row in world.posts()}) == 2, "another attempt"
    assert [row["kind"] for row in world.timeline() if "unknown" in row["kind"] or "found" in row["kind"]] == [
        "call_unknown", "call_not_found",
    ]  # fmt: skip
    assert 'wakeup_calls_total{disposition="unknown"} 1.0' in await world.metrics()


def test_no_redial_when_the_policy_says_so(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.company.faults.next_create("500")
        await world.flag(tier="medium", minutes=10)
        await world.handset().expect_no_call(during=900)
        assert len(world.posts()) == 1
        assert await world.decided() == "hold"

    policy = tmp_path / "policy.toml"
    usual = Path("config/policy.toml").read_text(encoding="utf-8")
    policy.write_text(usual.replace("redial_unknown = true", "redial_unknown = false"), encoding="utf-8")
    tell(story, tmp_path, WAKEUP_POLICY__FILE=str(policy))


@pytest.mark.parametrize("answered", [False, True])
async def test_a_ghost_that_surfaces_is_cut_without_a_word_and_counted(world: World, answered: bool) -> None:
    """The call waits in the phone company's queue while its lists do not show it yet."""
    company, phone, other = world.company, world.handset(), world.handset(LIN)
    world.expects("alarm")
    company.calls_per_second = 1 / 150
    await world.flag(n=2, phone=LIN, minutes=3)
    await (await other.expect_call(within=10)).rejects()
    company.faults.list_lag = 1000
    company.faults.next_create("drop_after_create")
    await world.flag(minutes=40, tier="medium")
    await world.sleep(130)
    assert world.timeline("call_not_found")
    if answered:
        company.faults.next_callback("lost", event="initiated")
        company.faults.next_callback("lost", event="ringing")
        ghost = await phone.expect_call(within=60)
        await ghost.answers()
        await ghost.ended(within=5)
        assert ghost.transcript == []
    company.calls_per_second = 1.0
    await talks_it_through(world, await phone.expect_call(within=200))
    assert len(world.timeline("ghost_ring")) == 1
    assert "wakeup_ghost_rings_total 1.0" in await world.metrics()
    assert len(world.posts()) == 2


@pytest.mark.parametrize("fault", ["lost", "doubled", "late", "reordered"])
async def test_status_callbacks_may_be_lost_doubled_late_or_out_of_order(world: World, fault: str) -> None:
    phone = world.handset()
    for event in ("initiated", "ringing", "answered", "completed"):
        world.company.faults.next_callback(fault, event=event)
    await world.flag(tier="medium", minutes=40)
    await talks_it_through(world, await phone.expect_call(within=10))
    await phone.expect_no_call(during=60)
    assert len(world.timeline("call_end")) == 1
    assert len(world.posts()) == 1


async def test_a_lost_final_status_is_fetched_by_the_watchdog(world: World) -> None:
    phone = world.handset()
    world.company.faults.next_callback("lost", event="completed")
    await world.flag(tier="medium", minutes=30)
    first = await phone.expect_call(within=10)
    await first.is_busy()
    assert world.timeline("call_end") == []
    second = await phone.expect_call(within=120)
    assert world.timeline("call_end")[0]["disposition"] == "busy"
    await talks_it_through(world, second)


@pytest.mark.parametrize("ending", ["ignored", "busy", "rejected", "hung_up"])
async def test_without_any_callback_the_truth_is_known_a_minute_after_its_time(world: World, ending: str) -> None:
    """Every status callback of the call is lost. Its time is the ringing timeout, or the newest turn."""
    phone = world.handset()
    for event in ("initiated", "ringing", "answered", "completed"):
        world.company.faults.next_callback("lost", event=event)
    await world.flag(tier="medium", minutes=40)
    call = await phone.expect_call(within=10)
    match ending:
        case "ignored":
            await call.ignores()
        case "busy":
            await call.is_busy()
        case "rejected":
            await call.rejects()
        case _:
            await call.answers()
            await call.hears("自动语音来电")
            await call.hangs_up()
    for _ in range(0, 90, 5):
        if world.timeline("call_end"):
            break
        await world.sleep(5)
    assert len(world.timeline("call_end")) == 1
    await world.news("released")
    await world.sleep(30)


async def test_a_strange_call_at_an_attempts_address_hears_nothing(world: World) -> None:
    phone, company = world.handset(), world.company
    await world.flag(tier="medium", minutes=40)
    call = await phone.expect_call(within=10)
    forged = {
        "CallSid": "CA" + "f" * 32, "AccountSid": company.account_sid, "To": MEI, "From": FROM,
        "CallStatus": "in-progress", "Direction": "outbound-api",
    }  # fmt: skip
    answer = await company.webhook(Hook(url=world.posts()[0]["url"]), forged, "twiml", forged["CallSid"])
    assert answer.status == 200
    assert b"<Hangup" in answer.body
    assert b"<Say" not in answer.body
    for other_end in ({"To": LIN}, {"From": LIN}):
        fields = {**forged, "CallSid": call.sid, **other_end}
        answer = await company.webhook(Hook(url=world.posts()[0]["url"]), fields, "twiml", call.sid)
        assert b"<Say" not in answer.body
    await talks_it_through(world, call)
    assert "wakeup_stranger_calls_total 3.0" in await world.metrics()


async def test_a_turn_asked_for_twice_is_told_in_the_same_words(world: World) -> None:
    phone, company = world.handset(), world.company
    await world.flag(tier="medium", minutes=40)
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.presses("1")
    await call.hears("核对码")
    before = len(company.asked)
    fields = {
        "CallSid": call.sid, "AccountSid": company.account_sid, "To": MEI, "From": FROM,
        "CallStatus": "in-progress", "Direction": "outbound-api", "Digits": "1",
    }  # fmt: skip
    again = [await company.webhook(Hook(url=company.asked[before - 1]), fields, "twiml", call.sid) for _ in "ab"]
    assert again[0].body == again[1].body
    await call.presses("1")
    await call.hears("转账")
    await all_is_well(call)
    assert await world.decided() == "allow"
