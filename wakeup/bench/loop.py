"""Measure the whole loop, with phone company and payment core on the same cores: calls per second and time of a
turn."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import ClientError, ClientSession
from prometheus_client.parser import text_string_to_metric_families

from wakeup.demo.processes import Processes
from wakeup.demo.run import DemoOptions, run_demo
from wakeup.demo.setup import DemoSetup
from wakeup.demo.simulators import start_strangers
from wakeup.runtime.clock import pause

CALLS_PER_SECOND, LINES = "10", "4000"
"""Limits of the account, per second of people's time, too high to be the bottleneck."""
EVERY_S = 5.0
"""Real seconds between two looks at the gauges: each costs the service, and this process, some milliseconds. At the end
of a run only windows close, for longer than this, so the last look misses next to no turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFigures:
    """The result. `held`: nothing was late, lost or doubled, from the first event to the last decision."""

    calls_per_s: float
    """Calls created per real second while the second half of all transfers came in (see `sustained`)."""
    p99_turn_ms: float
    """Upper edge of the histogram's bucket."""
    rss_mb: float
    calls: int
    speed: float
    held: bool


@dataclass(slots=True)
class Gauges:
    """The values read last from the running service."""

    p99_turn_s: float = 0.0
    rss_mb: float = 0.0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


async def bench_loop(
    folder: Path, environment: Mapping[str, str], now: float, cases: int, speed: float, seed: int
) -> LoopFigures:
    """Run the demo at high speed."""
    gauges = Gauges()

    async def start(processes: Processes, stage: DemoSetup, database: str | None) -> tuple[str, str]:
        phone, core = await start_strangers(processes, stage, float(CALLS_PER_SECOND))
        settings = stage.settings(phone, core, database) | {
            "WAKEUP_TWILIO__CALLS_PER_SECOND": CALLS_PER_SECOND,
            "WAKEUP_TWILIO__MAX_CONCURRENT_CALLS": LINES,
            "WAKEUP_LOG__LEVEL": "warning",
        }
        await processes.run("migrate", ["wakeup", "migrate"], settings)
        await processes.start("service", ["wakeup", "serve"], settings)
        gauges.tasks.append(asyncio.create_task(_read(gauges, stage.address(2), processes.pid("service"))))
        return phone, core

    wish = DemoOptions(cases=cases, seed=seed, speed=speed, folder=folder / "demo", stay=False)
    try:
        result = (await run_demo(wish, environment, now, None, start)).result
    finally:
        for task in gauges.tasks:
            task.cancel()
        await asyncio.gather(*gauges.tasks, return_exceptions=True)
    flagged = moments(folder / "demo" / "core.ledger", "registered")
    created = moments(folder / "demo" / "phone.ledger", "created")
    return LoopFigures(
        calls_per_s=round(sustained(flagged, created) * speed, 1),
        p99_turn_ms=round(gauges.p99_turn_s * 1000, 1),
        rss_mb=gauges.rss_mb,
        calls=result.calls_placed,
        speed=speed,
        held=result.promises_held,
    )


def moments(ledger: Path, fact: str) -> list[datetime]:
    """Return when facts of this name were recorded, in people's time."""
    rows = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    return [datetime.fromisoformat(row["at"]) for row in rows if row["fact"] == fact]


def sustained(flagged: Sequence[datetime], created: Sequence[datetime]) -> float:
    """Return calls per second of people's time from the median transfer to the last.

    Before, few cases have reached a second call; after, no new ones come.
    """
    begins, ends = sorted(flagged)[len(flagged) // 2], max(flagged)
    return sum(begins < at <= ends for at in created) / (ends - begins).total_seconds()


async def _read(gauges: Gauges, inside: str, pid: int) -> None:
    """Read the gauges repeatedly, because the service is gone when the run is over."""
    async with ClientSession() as session:
        while True:
            with suppress(ClientError, OSError, TimeoutError):
                async with session.get(f"{inside}/metrics") as answer:
                    gauges.p99_turn_s = percentile(await answer.text(), "wakeup_turn_seconds", 0.99)
                gauges.rss_mb = await asyncio.to_thread(_peak_mb, pid)
            await pause(EVERY_S)


def percentile(metrics: str, name: str, share: float) -> float:
    """Return the upper edge of the bucket in which this share of a histogram lies; 0 when nothing was observed."""
    buckets: list[tuple[float, float]] = []
    for family in text_string_to_metric_families(metrics):
        buckets += [(float(s.labels["le"]), s.value) for s in family.samples if s.name == f"{name}_bucket"]
    buckets.sort()
    total = buckets[-1][1] if buckets else 0.0
    if total == 0:
        return 0.0
    return next((edge for edge, count in buckets if count >= share * total), math.inf)


def _peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
