"""Start the demo's simulators: a phone company and a payment core, each a process with its own ledger."""

from __future__ import annotations

import asyncio

from wakeup.demo.processes import Processes
from wakeup.demo.setup import LINES, DemoSetup


async def start_strangers(
    processes: Processes, stage: DemoSetup, calls_per_second: float, sms_url: str = ""
) -> tuple[str, str]:
    """Start phone company and payment core, and return their addresses."""
    phone = processes.start(
        "phone",
        [
            "wakeup.simulator", "phone", "--account", stage.account,
            "--seed", str(stage.seed), "--cps", str(calls_per_second), "--max-concurrent", str(LINES),
            "--ledger", str(stage.folder / "phone.ledger"), "--sms-url", sms_url, *stage.clock_options,
        ],
        secret=stage.token,
    )  # fmt: skip
    core = processes.start(
        "core",
        [
            "wakeup.simulator", "core", "--ledger", str(stage.folder / "core.ledger"), *stage.clock_options,
        ],
        secret=stage.core_secret,
    )  # fmt: skip
    return await asyncio.gather(phone, core)
