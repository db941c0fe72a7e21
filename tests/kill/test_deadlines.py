"""The process is down when a window closes: the standing hold was in force, and only the absence makes a decision
late.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import NO_ANSWER, event
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import ServiceProcess


def test_a_service_that_is_down_at_a_deadline_decides_when_it_is_back(tmp_path: Path, fork_server: ForkServer) -> None:
    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=30) as service:
            assert (await service.flag(event(service, 1, suffix=NO_ANSWER, minutes=3.0))).status == 202
            first = event(service, 1)["transfer"]
            assert first["id"] == "t_1"
            closes = {name: service.core.transfers[name].decide_by for name in service.events}
            assert closes["t_1"] is not None

            # Just before the first transfer is settled; the window closes while the service is down.
            await service.clock.sleep_until(closes["t_1"] - 1.2 * service.margin(service.events["t_1"]["transfer"]))
            service.kill("before a settle deadline")
            await service.clock.sleep_until(closes["t_1"])
            assert not service.core.effective("t_1")
            await service.revive()
            standing = (await service.listed("t_1"))[0]
            assert (standing["sequence"], standing["decision"]) == (1, "hold")
            await service.decided("t_1")
            assert service.core.transfers["t_1"].late and service.core.effective("t_1") == "hold"

            # The settled decision is being delivered when the process dies. These transfers are flagged only now,
            # because on a slow machine the process takes minutes of simulated time to start.
            for n, minutes in ((2, 4.0), (3, 14.0)):
                assert (await service.flag(event(service, n, suffix=NO_ANSWER, minutes=minutes))).status == 202
            service.core.next_fault("stall")
            await service.trap("a deadline's decision on the wire", service.core.ledger, lambda r: r["fact"] == "fault")
            await service.revive()
            await service.decided(within=40)
            figures = await judge(service)
            assert figures["kills"] == 2
            assert not service.core.transfers["t_3"].late, "its window was open long after the last absence"

    asyncio.run(story())
