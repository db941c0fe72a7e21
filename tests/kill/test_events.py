"""The process dies while it takes events: each event that got a 2xx is stored completely, and no other is stored in
part.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import event, phone
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import WIRE, House

BURST = 60


async def burst(house: House) -> None:
    """Many events at once; the process dies between the responses."""

    async def one(n: int) -> None:
        try:
            await house.flag(event(house, n, minutes=25))
        except WIRE:
            house.tell(f"t_{n} unanswered")
        if len(house.answered) == BURST // 3 and house.up.is_set():
            house.kill("in the middle of a burst")

    await asyncio.gather(*(one(n) for n in range(10, 10 + BURST)))


def test_what_was_answered_is_there_and_whole(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with House(tmp_path, fork_server, speed=60) as house:
            answer = await house.flag(event(house, 1, minutes=25))
            house.kill("right after the 202")
            assert answer.status == 202 and answer.body["decision"]["decision"] == "hold"
            await house.revive()
            standing = await house.listed("t_1")
            assert [(one["sequence"], one["decision"]) for one in standing] == [(1, "hold")]
            assert standing[0]["decision_id"] == answer.body["decision"]["decision_id"]

            await burst(house)
            await house.revive()
            taken = {name for name, status in house.answered.items() if status == 202}
            assert BURST // 3 <= len(taken) < BURST, house.told()
            for name in taken:
                assert (await house.listed(name))[0]["decision"] == "hold"
            feed = await house.feed()
            # The bank repeats the events without a response: those that were stored after all are known, the rest are
            # new.
            for name in sorted(set(house.events) - taken):
                again = await house.post("/v1/risk-events", house.events[name])
                assert again.status == (200 if name in feed else 202), again.body
                house.answered[name] = again.status

            await house.decided(within=40)
            rung = {row["to"] for row in house.company.ledger.of("post_received")}
            assert {phone(n) for n in (1, *range(10, 10 + BURST))} <= rung, "every case had its attempt"
            assert (await judge(house))["kills"] == 2

    asyncio.run(story())
