"""Delivering decisions: each is told in time, once and in order, whatever the payment core answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scenario.talks import all_is_well, is_rung, is_told, reach
from tests.scenario.world import World, iso, tell
from wakeup.usecases.deciding.deliver import listed, replay


@pytest.mark.parametrize("faults", [["stall"], ["drop_after_accept"], ["500", "drop", "429", "500"]])
async def test_a_core_in_trouble_is_told_again_until_it_answers(world: World, faults: list[str]) -> None:
    world.core.next_fault(*faults)
    call = await reach(world)
    await call.presses("2")
    await call.ended()
    assert await world.decided(within=120) == "hold"
    await world.sleep(600)
    doubled = sum(fault.endswith("after_accept") for fault in faults)
    assert world.core.summary()["doubled_deliveries"] == doubled, "the same id twice is the same decision"
    assert world.tellings() == [("hold", "not_me")]


def test_a_dead_message_raises_an_alarm_and_can_be_sent_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.expects("alarm")
        world.core.next_fault(*["500"] * 10)
        await world.post("/v1/risk-events", world.event(minutes=-1))
        await world.sleep(3600)
        assert world.tellings() == []
        store = world.service.store
        (dead,) = await store.read(listed, "dead", 10)
        assert dead.tries == 10
        await store.run(replay, dead.id, world.clock.now())
        assert await world.decided(within=5) == "hold"
        assert await store.read(listed, "dead", 10) == []

    policy = tmp_path / "policy.toml"
    usual = Path("config/policy.toml").read_text(encoding="utf-8")
    policy.write_text(usual.replace("delivery_attempts = 100", "delivery_attempts = 10"), encoding="utf-8")
    tell(story, tmp_path, WAKEUP_POLICY__FILE=str(policy))


async def test_a_newer_decision_replaces_one_that_was_never_delivered(world: World) -> None:
    world.handset()
    world.expects("alarm")
    await world.post("/v1/risk-events", world.event(tier="medium", minutes=10))
    call = await is_rung(world)
    await is_told(call)
    await all_is_well(call)
    world.core.next_fault(*["500"] * 11)
    await world.sleep(20 * 60)
    assert world.tellings() == [("allow", "consistent")], "the hold before it was never heard of"
    assert [message.state for message in await world.service.store.read(listed, "superseded", 10)] == ["superseded"]


async def test_a_newer_decision_waits_for_the_one_on_the_wire(world: World) -> None:
    """The core holds the request for as long as we wait. The release, decided meanwhile, is sent after it."""
    world.handset()
    await world.post("/v1/risk-events", world.event(tier="medium", minutes=10))
    call = await is_rung(world)
    await is_told(call)
    await all_is_well(call)
    cooled = datetime.fromisoformat(world._rows("SELECT allow_at FROM transfers")[0][0]).replace(tzinfo=UTC)
    await world.news("window_extended", decide_by=iso(cooled - timedelta(seconds=4)))
    world.core.next_fault("stall")
    await world.clock.sleep_until(cooled - timedelta(seconds=3))
    assert (await world.in_force())["reason"] == "cooling"
    await world.sleep(5)
    assert (await world.in_force())["decision"] == "allow"
    assert world.tellings() == [], "one in flight a transfer"
    await world.sleep(20)
    assert world.tellings() == [("allow", "consistent")]


async def test_at_hold_max_what_is_undecided_is_refused(world: World) -> None:
    world.expects("alarm")
    call = await reach(world, tier="critical", minutes=10, hold=timedelta(minutes=30))
    await all_is_well(call)
    assert await world.decided() == "hold"
    assert await world.told(2) == "refuse"
    assert world.tellings() == [("hold", "person_releases"), ("refuse", "hold_max_reached")]
    assert len(world.timeline("hold_ends")) == 1, "and people knew it beforehand"
    await world.news("confirmed_in_app")
    assert (await world.news("released")).status == 409
    await world.sleep(600)
    assert len(world.tellings()) == 2


async def test_the_feed_is_complete_and_in_order_while_decisions_pour_in(world: World) -> None:
    feed: list[str] = []

    async def follow() -> None:
        cursor = ""
        while len(feed) < 80:
            page = (await world.get(f"/v1/decisions?limit=7{cursor}")).body
            feed.extend(item["decision_id"] for item in page["items"])
            cursor = f"&after={page['next']}"
            await world.sleep(0.05)

    follower = asyncio.create_task(follow())
    events = [world.event(n, minutes=-1) for n in range(1, 41)]
    answers = await asyncio.gather(*(world.post("/v1/risk-events", event) for event in events))
    assert {answer.status for answer in answers} == {202}
    await asyncio.wait_for(follower, 60)
    stored = world._rows("SELECT id, transfer_id, sequence FROM decisions ORDER BY position")
    assert feed == [row[0] for row in stored]
    assert len(set(feed)) == 80, "a standing hold and a decision each"
    for n in range(1, 41):
        assert [row[2] for row in stored if row[1] == f"t_{n}"] == [1, 2]
        assert await world.decided(f"t_{n}") == "hold"


async def test_a_decision_not_yet_delivered_survives_a_restart(world: World) -> None:
    world.expects("alarm")
    world.core.next_fault("500", "500")
    await world.post("/v1/risk-events", world.event(minutes=-1))
    await world.sleep(0.5)
    await world.service.stop()
    await world.start_service()
    assert await world.decided(within=60) == "hold"


async def test_decisions_their_lateness_and_calls_are_counted(world: World) -> None:
    call = await reach(world)
    await call.presses("2")
    await call.ended()
    assert await world.decided() == "hold"
    await world.sleep(60)
    told = await world.metrics()
    assert 'wakeup_decisions_total{decision="hold",reason="standing"} 1.0' in told
    assert 'wakeup_decisions_total{decision="hold",reason="not_me"} 1.0' in told
    assert 'wakeup_decision_late_seconds_bucket{le="0.0"} 1.0' in told, "in time"
    assert 'wakeup_calls_total{disposition="answered"} 1.0' in told
    assert "wakeup_decision_most_late_seconds 0.0" in told
    [age] = [line for line in told.splitlines() if line.startswith("wakeup_anchor_age_seconds ")]
    assert 0 <= float(age.split()[1]) < 70
