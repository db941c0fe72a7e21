"""The process dies while it takes events: each event that got a 2xx is stored completely, and no other is stored in
part.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import event, phone
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import WIRE, ServiceProcess

BURST = 60


async def burst(service: ServiceProcess) -> None:
    """Many events at once; the process dies between the responses."""

    async def one(n: int) -> None:
        try:
            await service.flag(event(service, n, minutes=25))
        except WIRE:
            service.tell(f"t_{n} unanswered")
        if len(service.answered) == BURST // 3 and service.up.is_set():
            service.kill("in the middle of a burst")

    await asyncio.gather(*(one(n) for n in range(10, 10 + BURST)))


def test_every_event_answered_before_a_kill_is_stored_whole(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=60) as service:
            answer = await service.flag(event(service, 1, minutes=25))
            service.kill("right after the 202")
            assert answer.status == 202 and answer.body["decision"]["decision"] == "hold"
            await service.revive()
            standing = await service.listed("t_1")
            assert [(one["sequence"], one["decision"]) for one in standing] == [(1, "hold")]
            assert standing[0]["decision_id"] == answer.body["decision"]["decision_id"]

            await burst(service)
            await service.revive()
            taken = {name for name, status in service.answered.items() if status == 202}
            assert BURST // 3 <= len(taken) < BURST, service.told()
            for name in taken:
                assert (await service.listed(name))[0]["decision"] == "hold"
            feed = await service.feed()
            # The bank repeats the events without a response: those that were stored after all are known, the rest are
            # new.
            for name in sorted(set(service.events) - taken):
                again = await service.post("/v1/risk-events", service.events[name])
                assert again.status == (200 if name in feed else 202), again.body
                service.answered[name] = again.status

            await service.decided(within=40)
            rung = {row["to"] for row in service.company.ledger.of("post_received")}
            assert {phone(n) for n in (1, *range(10, 10 + BURST))} <= rung, "every case had its attempt"
            assert (await judge(service))["kills"] == 2

    asyncio.run(story())
