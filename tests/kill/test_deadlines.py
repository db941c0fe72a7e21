"""The process is down when a window closes: the standing hold was in force, and only the absence makes a decision
late.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import NO_ANSWER, event
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import House


def test_away_at_the_deadline(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with House(tmp_path, fork_server, speed=30) as house:
            assert (await house.flag(event(house, 1, suffix=NO_ANSWER, minutes=3.0))).status == 202
            first = event(house, 1)["transfer"]
            assert first["id"] == "t_1"
            closes = {name: house.core.transfers[name].decide_by for name in house.events}
            assert closes["t_1"] is not None

            # Just before the first transfer is settled; the window closes while the service is down.
            await house.clock.sleep_until(closes["t_1"] - 1.2 * house.margin(house.events["t_1"]["transfer"]))
            house.kill("before a settle deadline")
            await house.clock.sleep_until(closes["t_1"])
            assert not house.core.effective("t_1")
            await house.revive()
            standing = (await house.listed("t_1"))[0]
            assert (standing["sequence"], standing["decision"]) == (1, "hold")
            await house.decided("t_1")
            assert house.core.transfers["t_1"].late and house.core.effective("t_1") == "hold"

            # The settled decision is being delivered when the process dies. These transfers are flagged only now,
            # because on a slow machine the process takes minutes of simulated time to start.
            for n, minutes in ((2, 4.0), (3, 14.0)):
                assert (await house.flag(event(house, n, suffix=NO_ANSWER, minutes=minutes))).status == 202
            house.core.next_fault("stall")
            await house.trap("a deadline's decision on the wire", house.core.ledger, lambda r: r["fact"] == "fault")
            await house.revive()
            await house.decided(within=40)
            figures = await judge(house)
            assert figures["kills"] == 2
            assert not house.core.transfers["t_3"].late, "its window was open long after the last absence"

    asyncio.run(story())
