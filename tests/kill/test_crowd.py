"""Many customers, and a process that dies again and again at random moments. Only the simulators' ledgers are
believed.
"""

from __future__ import annotations

import asyncio
import random
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import WIRE, ServiceProcess
from wakeup.simulator.traffic import generate

CASES, KILLS, SEED = 40, 7, 11
SPEED = 40.0
OVER = timedelta(minutes=20)


def made_up(service: ServiceProcess) -> list[dict[str, Any]]:
    """A day's events; the windows are shortened so that the test ends soon."""
    dice = random.Random(SEED)
    events = list(generate(CASES, SEED, service.clock.now() + timedelta(minutes=1), OVER.total_seconds()))
    closes: dict[str, str] = {}
    for one in events:
        transfer = one["transfer"]
        at = datetime.fromisoformat(one["occurred_at"]) + timedelta(minutes=dice.uniform(4, 14))
        transfer["decide_by"] = closes.setdefault(transfer["id"], at.isoformat())
    return events


async def bank(service: ServiceProcess, event: dict[str, Any]) -> None:
    """The risk engine repeats its event until it gets a response, as a real one would."""
    await service.clock.sleep_until(datetime.fromisoformat(event["occurred_at"]))
    while True:
        await service.up.wait()
        try:
            answer = await service.flag(event)
        except WIRE:
            await asyncio.sleep(0.05)
            continue
        assert answer.status in {200, 202}, answer.body
        return


async def fate(service: ServiceProcess) -> None:
    dice = random.Random(SEED)
    for n in range(KILLS):
        await asyncio.sleep(dice.uniform(0.5, 6.0))
        clean = n == KILLS // 2
        service.kill("a clean stop" if clean else "at random", signal.SIGTERM if clean else signal.SIGKILL)
        await service.revive()
        assert service.last_code == (0 if clean else -signal.SIGKILL)


def test_a_service_killed_seven_times_among_many_customers_keeps_every_promise(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=SPEED) as service:
            await asyncio.gather(fate(service), *(bank(service, one) for one in made_up(service)))
            await service.decided(within=50)
            figures = await judge(service)
            service.tell(str(figures))
            assert figures["kills"] == KILLS and figures["transfers"] >= CASES and figures["calls"] > CASES // 2

    asyncio.run(story())
