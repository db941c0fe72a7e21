"""The process dies in a conversation and around its decision: the conversation continues, and the core takes one
decision.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import NOT_ME_KEYS as KEYS
from tests.kill.bank import event, phone
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import House
from tests.kill.test_calls import about
from wakeup.simulator.handset import HandsetCall


async def answered(house: House, n: int) -> HandsetCall:
    handset = house.company.handset(phone(n))
    assert (await house.flag(event(house, n, minutes=30))).status == 202
    call = await handset.expect_call(within=60)
    await call.answers()
    return call


async def says_all(call: HandsetCall, keys: tuple[str, ...] = KEYS) -> None:
    for key in keys:
        await call.interrupts_with(key)


def test_the_talk_goes_on_after_a_restart(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        # Slow enough that a caller, who has twenty seconds to press the next key, hardly notices a restart.
        async with House(tmp_path, fork_server, speed=2) as house:
            call = await answered(house, 1)
            await call.interrupts_with("1")
            await house.until("the next question", lambda: call.line.gather is not None)
            house.kill("between two keys")
            await house.revive()
            await says_all(call, KEYS[1:])
            await house.decided()
            figures = await judge(house)
            assert (figures["kills"], figures["late"], figures["calls"]) == (1, 0, 1), house.told()
            assert house.core.ledger.of("accepted")[0]["reason"] == "not_me"

    asyncio.run(story())


def test_around_the_last_key_one_decision_arrives(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with House(tmp_path, fork_server, speed=15) as house:
            core = house.core

            call = await answered(house, 1)
            core.next_fault("stall")
            trap = house.trap("the core has the decision and is silent", core.ledger, lambda r: r["fact"] == "fault")
            await says_all(call)
            await trap
            assert not core.effective("t_1")
            await house.revive()

            call = await answered(house, 2)
            trap = house.trap("the core took it, unacknowledged", core.ledger, lambda r: r.get("reason") == "not_me")
            await says_all(call)
            took = await trap
            assert core.effective(took["transfer"]) == "hold"
            await house.revive()

            call = await answered(house, 3)
            await says_all(call, KEYS[:2])
            await house.until("the last question", lambda: call.line.gather is not None)
            last = about(house, "webhook", phone(3), kind="voice", status=200)
            trap = house.trap("the last key was answered", house.company.ledger, last)
            await says_all(call, KEYS[2:])
            await trap
            await house.revive()

            await house.decided()
            await house.until("the same decision again", lambda: core.counts["doubled"] >= 1)
            figures = await judge(house)
            assert (figures["kills"], figures["late"], figures["calls"]) == (3, 0, 3), house.told()
            assert {row["reason"] for row in core.ledger.of("accepted")} == {"not_me"}

    asyncio.run(story())
