"""The payment core is down when a payment is allowed, and before it is up again its customer changes their mind."""

from __future__ import annotations

import pytest

from tests.scenario.talks import all_is_well, is_rung, is_told
from tests.scenario.test_call_in import line
from tests.scenario.world import FROM, World

COOLING = 20 * 60
AWAY = 40
"""Number of POSTs that fail, which takes longer than these stories last."""


async def let_go(world: World, *faults: str) -> None:
    """The customer says that all is well. After its cooling the payment is allowed, with `faults` at the core."""
    await world.flag(tier="medium", minutes=30)
    world.handset()
    call = await is_rung(world)
    await is_told(call)
    await all_is_well(call)
    world.core.next_fault(*faults)
    await world.sleep(COOLING)
    assert (await world.in_force())["decision"] == "allow"


async def thinks_better_of_it(world: World) -> None:
    """The customer presses the button in the app and then calls the bank."""
    assert (await world.news("call_started_in_app")).status == 202
    call = world.handset().calls_in(FROM, line(world))
    await call.hears("这次来电是从手机银行里拨出的")
    await call.presses("1")
    await call.ended()


async def feed(world: World) -> list[tuple[str, str]]:
    found = (await world.get("/v1/decisions?limit=50")).body["items"]
    return [(item["decision"], item["reason"]) for item in found]


def unheld(world: World) -> bool:
    [(state, since)] = world._rows("SELECT state, unheld_at FROM cases")
    assert state == "in_review"
    return since is not None


def texts(world: World) -> list[str]:
    return [row["body"] for row in world.company.ledger.of("message_created")]


async def test_a_core_that_was_away_hears_of_the_hold_alone(world: World) -> None:
    world.expects("alarm")
    await let_go(world, *["500"] * AWAY)
    await thinks_better_of_it(world)
    assert ((await world.in_force())["decision"], unheld(world)) == ("hold", True)
    world.core._faults.clear()
    await world.sleep(10 * 60)
    assert world.tellings() == [("hold", "keep_hold")]
    assert await feed(world) == [("hold", "standing"), ("allow", "consistent"), ("hold", "keep_hold")]
    assert not unheld(world), "the core keeps it"
    assert [line["cause"] for line in world.logged("alarm")] == ["call_in_after_allow", "promise_late"]


@pytest.mark.parametrize("paid_out", [False, True])
async def test_a_core_whose_answer_was_lost_says_with_the_hold_where_the_money_is(world: World, paid_out: bool) -> None:
    """The core had accepted the allow. The hold that follows comes in time, or the money has left by then."""
    world.expects("alarm")
    await let_go(world, "500_after_accept", *["500"] * AWAY)
    assert world.tellings() == [("allow", "consistent")]
    if paid_out:
        world.core.pay_out("t_1")
    await thinks_better_of_it(world)
    await world.sleep(60)
    before = len(texts(world))
    assert unheld(world)
    world.core._faults.clear()
    await world.sleep(10 * 60)
    [asked] = [row for row in world.core.ledger.of("too_late", "accepted") if row["decision"] == "hold"]
    assert asked["fact"] == ("too_late" if paid_out else "accepted")
    assert unheld(world) is paid_out, "somebody is to ask the bank"
    assert len(world.timeline("recall_failed")) == paid_out
    assert len(texts(world)) == before + (not paid_out), "the customer hears of a hold that is one"
