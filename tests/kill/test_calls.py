"""The process dies around a call: posted without a response, answered without a webhook, ringing, or after the
first words.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from tests.kill.bank import NOT_ME_KEYS, event, phone
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import ServiceProcess, Wanted
from wakeup.simulator.ledger import Fact


def about(service: ServiceProcess, fact: str, number: str, **more: object) -> Wanted:
    """Facts of calls to this number."""

    def wanted(row: Fact) -> bool:
        if row["fact"] != fact or any(row.get(name) != value for name, value in more.items()):
            return False
        call = service.company.calls.get(row.get("call", ""))
        return row.get("to") == number or (call is not None and call.request.to == number)

    return wanted


async def talk(service: ServiceProcess, n: int, within: float = 2000.0) -> None:
    """The customer answers the next call that still rings, disowns the payment, and the core is told."""
    handset = service.company.handset(phone(n))
    while (call := await handset.expect_call(within)).line.phase != "ringing":
        service.tell(f"a ringing at {n} was missed")
    await call.answers()
    for key in NOT_ME_KEYS:
        await call.interrupts_with(key)
    await service.decided(f"t_{n}", within=10)


def test_a_process_killed_around_a_call_adopts_it_or_calls_again(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=12) as service:
            company, ledger = service.company, service.company.ledger
            phones = {n: company.handset(phone(n)) for n in range(1, 7)}

            async def die(n: int, why: str, wanted: Wanted) -> None:
                trap = service.trap(why, ledger, wanted)
                assert (await service.flag(event(service, n, minutes=30))).status == 202
                if n == 6:
                    await (await phones[6].expect_call(60)).answers()
                await trap
                await service.revive()

            # The POST arrived and got no response: the attempt stays `sending`, and the service does not know whether
            # a call exists.
            company.faults.next_create("stall")
            await die(1, "stalled POST", lambda row: row["fact"] == "create_fault")
            await die(6, "first TwiML fetched", about(service, "webhook", phone(6), kind="voice", status=200))
            # The call is over before the service can receive a callback: only a query can find it.
            phones[4].carrier = "busy"
            company.faults.next_create("drop_after_create")
            await die(4, "created, over, never told", about(service, "created", phone(4)))
            phones[4].carrier = "rings"
            # The call exists and its callback arrived; the 201 is still on the way.
            company.faults.next_create("late_201")
            await die(2, "callback before the 201", about(service, "webhook", phone(2), kind="initiated", status=204))
            await talk(service, 2)
            # The call exists; neither a 201 nor a callback ever arrived.
            company.faults.next_create("drop_after_create")
            await die(3, "created, never told", about(service, "created", phone(3)))
            await talk(service, 3)
            await die(5, "while ringing", about(service, "ringing", phone(5)))
            await talk(service, 5)
            await asyncio.gather(*(talk(service, n) for n in (1, 4, 6)))

            figures = await judge(service)
            assert (figures["kills"], figures["late"]) == (6, 0), service.told()
            posts = Counter(row["to"] for row in ledger.of("post_received"))
            assert [posts[phone(n)] for n in (2, 3, 5)] == [1, 1, 1], "a call that rings is adopted, not made again"
            assert min(posts[phone(n)] for n in (1, 4, 6)) > 1, "what was lost or cut is made up by a new attempt"

    asyncio.run(story())
