"""The process dies in a conversation and around its decision: the talk goes on, and the core takes one decision."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import event, house_of, phone
from tests.kill.house import House
from tests.kill.judge import judge
from tests.kill.test_calls import about
from wakeup.simulator.handset import HandsetCall

KEYS = ("1", "1", "2")
"""It is me; the code is right; this payment is not mine: decided at the last key."""


async def answered(house: House, n: int) -> HandsetCall:
    handset = house.company.handset(phone(n))
    assert (await house.flag(event(house, n, minutes=30))).status == 202
    call = await handset.expect_call(within=60)
    await call.answers()
    return call


async def goes_on(call: HandsetCall, keys: tuple[str, ...]) -> None:
    for key in keys:
        await call.interrupts_with(key)
    await call.ended(within=120)


def test_in_a_conversation_and_at_its_decision(tmp_path: Path) -> None:
    async def story() -> None:
        # Slow enough that a caller, who has twenty seconds to press a key, does not notice a restart.
        async with house_of(tmp_path, 2) as house:
            core, phone_book = house.core, house.company.ledger

            call = await answered(house, 1)
            await call.interrupts_with("1")
            await call.hears("核对码")
            house.kill("between two keys")
            await house.revive()
            await call.interrupts_with("1")
            await call.hears("转账")
            await goes_on(call, ("2",))
            await house.decided("t_1")

            call = await answered(house, 2)
            core.next_fault("stall")
            trap = house.trap("the core has the decision and says nothing", core.ledger, lambda r: r["fact"] == "fault")
            await goes_on(call, KEYS)
            await trap
            assert not core.effective("t_2")
            await house.revive()
            await house.decided("t_2")

            call = await answered(house, 3)
            trap = house.trap(
                "the core took the decision, unacknowledged", core.ledger, lambda r: r["fact"] == "accepted"
            )
            await goes_on(call, KEYS)
            await trap
            assert core.effective("t_3") == "hold"
            await house.revive()
            await house.until("the same decision again", lambda: core.counts["doubled"] == 1)

            call = await answered(house, 4)
            for key in KEYS[:2]:
                await call.interrupts_with(key)
            await call.hears("转账")
            trap = house.trap(
                "the last key was answered", phone_book, about(house, "webhook", phone(4), kind="voice", status=200)
            )
            await goes_on(call, KEYS[2:])
            await trap
            await house.revive()
            await house.decided()
            figures = await judge(house)
            assert (figures["kills"], figures["late"], figures["calls"]) == (4, 0, 4), house.told()
            assert figures["redelivered"] in {1, 2}
            assert {row["reason"] for row in core.ledger.of("accepted")} == {"not_me"}

    asyncio.run(story())
