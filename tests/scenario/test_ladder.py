"""The customer does not pick up: who else is involved, in time, and what they are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenario.talks import all_is_well, hears_nothing_private, is_rung, is_told
from tests.scenario.world import EPOCH, LIN, MEI, World, iso

BEN = "+6591234503"


def with_alternate(world: World, **changes: Any) -> dict[str, Any]:
    event = world.event(**changes)
    event["customer"]["alternate_phones"] = [LIN]
    return event


async def is_missed(world: World, times: int) -> None:
    for _ in range(times):
        call = await world.handset(MEI).expect_call(within=600)
        await call.ignores()


def rungs(world: World) -> dict[str, str | None]:
    """Rung kind -> why it was skipped, or None if it was taken."""
    ended = [row for row in world.timeline() if row["kind"] in {"rung_taken", "rung_skipped"}]
    return {row["rung"]: row.get("reason") for row in ended}


async def test_the_other_number_is_rung_and_what_is_said_there_counts(world: World) -> None:
    world.handset(MEI)
    world.handset(LIN)
    await world.flag(with_alternate(world, tier="medium", minutes=40))
    await is_missed(world, 3)
    call = await is_rung(world, LIN, within=400)
    await hears_nothing_private(call)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"
    assert world.learned()[-1] == ("right_party", "consistent")


async def test_a_stranger_at_the_other_number_proves_nothing(world: World) -> None:
    world.handset(MEI)
    world.handset(LIN)
    await world.flag(with_alternate(world, tier="medium", minutes=30))
    await is_missed(world, 3)
    for _ in range(2):
        call = await is_rung(world, LIN, within=400)
        await call.says("我在开会")
        await call.ended()
    await world.handset(LIN).expect_no_call(during=900)
    assert await world.decided() == "hold"
    assert [contact for contact, _ in world.learned()] == ["unverified_human"] * 2


async def test_a_busy_line_leaves_the_other_number_a_call(world: World) -> None:
    phone, other = world.handset(MEI), world.handset(LIN)
    await world.flag(with_alternate(world, tier="medium", minutes=40))
    for _ in range(5):
        await (await phone.expect_call(within=400)).is_busy()
    await (await other.expect_call(within=900)).ignores()
    assert await world.decided() == "hold"
    assert (world.rang(MEI), world.rang(LIN)) == (5, 1)
    assert world.timeline("ladder_ended")[0]["reason"] == "always_busy"


@pytest.mark.parametrize("relatives", [(LIN,), (LIN, BEN)])
async def test_a_busy_line_leaves_the_first_guardian_a_call(world: World, relatives: tuple[str, ...]) -> None:
    phone, guardians = world.handset(MEI), [world.handset(one) for one in relatives]
    event = world.event(tier="critical", minutes=40)
    event["guardians"] = [
        {"id": f"g_{n}", "name": one, "phone": one, "locale": "en", "consented_at": iso(EPOCH - timedelta(days=90))}
        for n, one in enumerate(relatives)
    ]
    await world.flag(event)
    for _ in range(5):
        await (await phone.expect_call(within=400)).is_busy()
    call = await guardians[0].expect_call(within=900)
    await call.answers()
    for words in ("automated", "If you are worried"):
        await call.hears(words)
        await call.presses("1")
    await call.ended()
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")]
    assert world.rang(MEI) == 5


async def test_a_guardian_who_does_not_answer_leaves_the_other_number_its_call(world: World) -> None:
    phone, other, son = world.handset(MEI), world.handset(LIN), world.handset(BEN)
    event = with_alternate(world, tier="critical", minutes=60)
    event["guardians"] = [
        {"id": "g_0", "name": "Ben", "phone": BEN, "locale": "en", "consented_at": iso(EPOCH - timedelta(days=90))}
    ]
    await world.flag(event)
    for _ in range(4):
        await (await phone.expect_call(within=400)).is_busy()
    await (await son.expect_call(within=900)).ignores()
    await (await other.expect_call(within=1500)).ignores()
    assert (world.rang(MEI), world.rang(BEN), world.rang(LIN)) == (4, 1, 1)
    assert rungs(world)["call_alternate"] is None


async def test_a_critical_case_that_is_not_reached_wants_a_human_and_the_police_in_its_window(world: World) -> None:
    world.handset(MEI)
    await world.flag(tier="critical", minutes=10)
    await is_missed(world, 3)
    assert await world.decided() == "hold"
    assert rungs(world) == {
        "text_guardian": "no_guardian", "human_agent": None, "call_guardian": "no_guardian",
        "call_alternate": "no_alternate", "police_handoff": None,
    }  # fmt: skip
    assert world.timeline("person_wanted")[0]["reason"] == "no_answer"
    assert len(world.timeline("police_wanted")) == 1


@pytest.mark.parametrize("kind", ["cancelled_in_app", "released"])
async def test_a_cancelled_or_released_payment_ends_the_ladder(world: World, kind: str) -> None:
    world.handset(MEI)
    await world.flag(tier="critical", minutes=30)
    await is_missed(world, 1)
    await world.news(kind)
    await world.sleep(1800)
    assert rungs(world) == {}
    assert [row["reason"] for row in world.timeline("rungs_canceled")] == ["settled"]
