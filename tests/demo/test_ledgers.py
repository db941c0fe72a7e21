"""What the demo asks the simulators, and how often."""

from __future__ import annotations

import base64
from pathlib import Path

from aiohttp import ClientSession

from tests.simulator.world import EPOCH
from wakeup.demo.ledgers import Ledgers
from wakeup.demo.setup import new_setup
from wakeup.simulator.clock import LoopClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.virtual_loop import run

SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
NOBODY = "http://127.0.0.1:1"
"""Nothing listens there."""


def test_the_wait_for_the_last_decisions_asks_the_core_alone(tmp_path: Path) -> None:
    # The phone company counts all its facts for every answer, which took it more time than its last calls.
    run(_waits(tmp_path))


async def _waits(folder: Path) -> None:
    core = PaymentCore(LoopClock(EPOCH), [SECRET])
    stage = new_setup(folder, speed=1, seed=1, now=0, ports=(1, 2, 3))
    try:
        async with ClientSession() as session:
            ledgers = Ledgers(session, stage, NOBODY, await core.listen())
            core.register("t_1", core.clock.now())
            assert await ledgers.undecided() == 1
            body = {"transfer_id": "t_1", "decision_id": "d_1", "sequence": 1, "decision": "hold"}
            core.accept("m_1", "digest", body)
            assert await ledgers.undecided() == 0
    finally:
        await core.close()
