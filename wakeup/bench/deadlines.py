"""Measure how late decisions reach the core when thousands of windows close in a minute while events keep coming."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from wakeup.bank.signing import signed_headers
from wakeup.bench.ingest import BATCH, event
from wakeup.bench.load_generator import BenchError, rate, request
from wakeup.bench.stubs import HOST, CoreBook, quick_settings
from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.runtime.clock import SystemClock, monotonic, pause

CLOSING = timedelta(minutes=1)
LEAD_S, EVENTS_A_SECOND = 30.0, 150.0
"""Seconds from the first event until windows begin to close, plus the time that a machine taking this many events
a second would need."""
A_CHUNK = 500
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Time of arrival at the core after `decide_by` in milliseconds; 0 for decisions in time."""

    late_p999_ms: float
    late_max_ms: float
    late: int
    windows: int
    margin_p50_ms: float
    """How long before its deadline the median decision arrived."""
    ingest_rps: float
    """Further events accepted per second while the windows closed."""


async def bench_deadlines(folder: Path, environment: Mapping[str, str], windows: int) -> Deadlines:
    """Run one service with all roles on SQLite. No call can be placed, so every decision waits for its deadline."""
    ports = free_ports(4)
    clock = SystemClock()
    stage = new_setup(folder, speed=1.0, seed=1, now=clock.timestamp(), ports=(ports[0], ports[1], ports[2]))
    core = CoreBook(clock.timestamp)
    runner = await core.listen(ports[3])
    settings = quick_settings(
        stage, "http://127.0.0.1:9", f"http://{HOST}:{ports[3]}", WAKEUP_TWILIO__CALLS_PER_SECOND="0.01"
    )
    dice, numbers = Random(1), iter(range(10_000_000))  # noqa: S311 - a bench keeps no secret
    try:
        async with Processes(folder, environment) as processes:
            await processes.start("service", ["wakeup", "serve", "--migrate"], settings)
            opens = clock.now() + timedelta(seconds=LEAD_S + windows / EVENTS_A_SECOND)
            closes = {next(numbers): opens + dice.random() * CLOSING for _ in range(windows)}
            for chunk in _chunks(list(closes)):
                await rate(HOST, ports[1], [_request(stage, n, clock.now(), closes[n]) for n in chunk], 202)
            if clock.now() > opens:
                raise BenchError("this machine accepted the events too slowly; use fewer windows")
            ingest_rps = await _keep_coming(stage, clock, numbers, opens, opens + CLOSING)
            await _until_told(core, closes)
    finally:
        await runner.cleanup()
    return _figures(core, closes, ingest_rps)


async def _keep_coming(
    stage: DemoSetup, clock: SystemClock, numbers: Iterator[int], opens: datetime, ends: datetime
) -> float:
    """Send events at full rate until the last window has closed; return how many per second."""
    await clock.sleep_until(opens)
    count, began = 0, monotonic()
    while clock.now() < ends:
        now = clock.now()
        some = [_request(stage, next(numbers), now, now + timedelta(hours=2)) for _ in range(A_CHUNK)]
        await rate(HOST, stage.ports[1], some, 202)
        count += len(some)
    return count / (monotonic() - began)


async def _until_told(core: CoreBook, closes: Mapping[int, datetime]) -> None:
    gives_up = monotonic() + PATIENCE_S
    while any(_transfer(n) not in core.told for n in closes):
        if monotonic() > gives_up:
            raise BenchError("not every decision reached the core")
        await pause(0.2)


def _figures(core: CoreBook, closes: Mapping[int, datetime], ingest_rps: float) -> Deadlines:
    after = [(core.told[_transfer(n)] - by.timestamp()) * 1000 for n, by in closes.items()]
    late = sorted(max(0.0, ms) for ms in after)
    return Deadlines(
        late_p999_ms=round(late[min(len(late) - 1, int(len(late) * 0.999))], 1),
        late_max_ms=round(late[-1], 1),
        late=sum(ms > 0 for ms in late),
        windows=len(late),
        margin_p50_ms=round(-statistics.median(after), 1),
        ingest_rps=round(ingest_rps, 1),
    )


def _transfer(number: int) -> str:
    return f"t_{BATCH}_{number}"


def _request(stage: DemoSetup, number: int, now: datetime, decide_by: datetime) -> bytes:
    flagged = event(number, now)
    flagged["transfer"]["decide_by"] = decide_by.isoformat()
    body = json.dumps(flagged, ensure_ascii=False).encode()
    headers = signed_headers([stage.client_secret], f"deadline_{number}", now, body)
    return request(HOST, stage.ports[1], "/v1/risk-events", headers, body)


def _chunks(numbers: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(numbers), A_CHUNK):
        yield numbers[first : first + A_CHUNK]
