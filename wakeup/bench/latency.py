"""Measure how long an idle service takes from a risk event to the POST at the phone company."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, web

from wakeup.bank.signing import signed_headers
from wakeup.bench.ingest import event
from wakeup.bench.load_generator import BenchError
from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.runtime.clock import SystemClock, monotonic, pause

BETWEEN_S = 0.03
WARM_UP = 20
WITHIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """From sending the event to the POST's arrival, in milliseconds: ingest, commit, claim, intent and connection."""

    p50_ms: float
    p99_ms: float


class _Exchange:
    """A phone company that only records when a call was requested. It answers 201 and places no call."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[float] = asyncio.Queue()
        self._calls = 0

    async def create(self, request: web.Request) -> web.Response:
        self.arrived.put_nowait(monotonic())
        await request.read()
        self._calls += 1
        return web.json_response({"sid": f"CA{self._calls:032x}", "status": "queued"}, status=201)

    async def update(self, request: web.Request) -> web.Response:
        return web.json_response({"sid": request.match_info["sid"], "status": "completed"})


async def bench_latency(folder: Path, environment: Mapping[str, str], events: int) -> Latency:
    """Send one event at a time to a service with nothing else to do."""
    ports = free_ports(4)
    clock, exchange = SystemClock(), _Exchange()
    stage = new_setup(folder, speed=1.0, seed=1, now=clock.now().timestamp(), ports=(ports[0], ports[1], ports[2]))
    runner = await _listen(exchange, stage.account, ports[3])
    settings = stage.settings(f"http://127.0.0.1:{ports[3]}", "http://127.0.0.1:9") | {
        "WAKEUP_TWILIO__CALLS_PER_SECOND": "100",
        "WAKEUP_TWILIO__MAX_CONCURRENT_CALLS": "10000",
        "WAKEUP_LOG__LEVEL": "warning",
    }
    settings = {name: value for name, value in settings.items() if not name.startswith("WAKEUP_CLOCK__")}
    try:
        async with Processes(folder, environment) as processes, ClientSession() as session:
            await processes.start("service", ["wakeup", "serve", "--migrate"], settings)
            took = [await _one(session, stage, exchange, clock, number) for number in range(WARM_UP + events)]
    finally:
        await runner.cleanup()
    cuts = statistics.quantiles(took[WARM_UP:], n=100, method="inclusive")
    return Latency(p50_ms=round(cuts[49] * 1000, 2), p99_ms=round(cuts[98] * 1000, 2))


async def _one(session: ClientSession, stage: DemoSetup, exchange: _Exchange, clock: SystemClock, number: int) -> float:
    await pause(BETWEEN_S)
    now = clock.now()
    body = json.dumps({**event(number, now), "risk": {**event(number, now)["risk"], "tier": "critical"}}).encode()
    headers = signed_headers([stage.client_secret], f"msg_{number}", now, body)
    url = f"{stage.address(1)}/v1/risk-events"
    began = monotonic()
    async with session.post(url, data=body, headers={"Content-Type": "application/json", **headers}) as answer:
        if answer.status != 202:
            raise BenchError(f"the service answered {answer.status}")
    return await asyncio.wait_for(exchange.arrived.get(), WITHIN_S) - began


async def _listen(exchange: _Exchange, account: str, port: int) -> web.AppRunner:
    app = web.Application()
    calls = f"/2010-04-01/Accounts/{account}/Calls"
    app.router.add_post(f"{calls}.json", exchange.create)
    app.router.add_post(f"{calls}/{{sid}}.json", exchange.update)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
