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
from tests.kill.service_process import ServiceProcess
from tests.kill.test_calls import about
from wakeup.simulator.handset import HandsetCall


async def answered(service: ServiceProcess, n: int) -> HandsetCall:
    handset = service.company.handset(phone(n))
    assert (await service.flag(event(service, n, minutes=30))).status == 202
    call = await handset.expect_call(within=60)
    await call.answers()
    return call


async def says_all(call: HandsetCall, keys: tuple[str, ...] = KEYS) -> None:
    for key in keys:
        await call.interrupts_with(key)


def test_the_talk_goes_on_after_a_restart(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        # Slow enough that a caller, who has twenty seconds to press the next key, hardly notices a restart.
        async with ServiceProcess(tmp_path, fork_server, speed=2) as service:
            call = await answered(service, 1)
            await call.interrupts_with("1")
            await service.until("the next question", lambda: call.line.gather is not None)
            service.kill("between two keys")
            await service.revive()
            await says_all(call, KEYS[1:])
            await service.decided()
            figures = await judge(service)
            assert (figures["kills"], figures["late"], figures["calls"]) == (1, 0, 1), service.told()
            assert service.core.ledger.of("accepted")[0]["reason"] == "not_me"

    asyncio.run(story())


def test_around_the_last_key_one_decision_arrives(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=15) as service:
            core = service.core

            call = await answered(service, 1)
            core.next_fault("stall")
            trap = service.trap("the core has the decision and is silent", core.ledger, lambda r: r["fact"] == "fault")
            await says_all(call)
            await trap
            assert not core.effective("t_1")
            await service.revive()

            call = await answered(service, 2)
            trap = service.trap("the core took it, unacknowledged", core.ledger, lambda r: r.get("reason") == "not_me")
            await says_all(call)
            took = await trap
            assert core.effective(took["transfer"]) == "hold"
            await service.revive()

            call = await answered(service, 3)
            await says_all(call, KEYS[:2])
            await service.until("the last question", lambda: call.line.gather is not None)
            last = about(service, "webhook", phone(3), kind="voice", status=200)
            trap = service.trap("the last key was answered", service.company.ledger, last)
            await says_all(call, KEYS[2:])
            await trap
            await service.revive()

            await service.decided()
            await service.until("the same decision again", lambda: core.counts["doubled"] >= 1)
            figures = await judge(service)
            assert (figures["kills"], figures["late"], figures["calls"]) == (3, 0, 3), service.told()
            assert {row["reason"] for row in core.ledger.of("accepted")} == {"not_me"}

    asyncio.run(story())
