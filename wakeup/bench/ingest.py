"""Compare durable, signed ingest with a bare handler: case, transfer, party, attempt, standing hold and timeline,
fsynced."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from wakeup.bank.signing import signed_headers
from wakeup.bench.load_generator import rate, request
from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.runtime.clock import SystemClock

HOST = "127.0.0.1"
WARM_UP = 200
BATCH = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Medians over the rounds; each round measures both, one after the other."""

    bare_rps: float
    ingest_rps: float
    ratio: float


async def bench_ingest(folder: Path, environment: Mapping[str, str], events: int, rounds: int) -> Ingest:
    """Measure both in turn, so that a disturbance of the machine affects both."""
    ports = free_ports(4)
    clock = SystemClock()
    now = clock.now()
    stage = new_setup(folder, speed=1.0, seed=1, now=now.timestamp(), ports=(ports[0], ports[1], ports[2]))
    bare, durable, ratios = [], [], []
    async with Processes(folder, environment) as processes:
        await processes.start("bare", ["wakeup.bench.bare", str(ports[3])])
        settings = stage.settings("http://127.0.0.1:9", "http://127.0.0.1:9") | {"WAKEUP_LOG__LEVEL": "warning"}
        settings = {name: value for name, value in settings.items() if not name.startswith("WAKEUP_CLOCK__")}
        await processes.start("service", ["wakeup", "serve", "--migrate", "--role", "api"], settings)
        numbers = iter(range(10_000_000))
        await rate(HOST, stage.ports[1], _signed(stage, [next(numbers) for _ in range(WARM_UP)], clock.now()), 202)
        for _ in range(rounds):
            signed = _signed(stage, [next(numbers) for _ in range(events)], clock.now())
            plain = [request(HOST, ports[3], "/", {}, one.split(b"\r\n\r\n", 1)[1]) for one in signed]
            bare.append(await rate(HOST, ports[3], plain, 202))
            durable.append(await rate(HOST, stage.ports[1], signed, 202))
            ratios.append(durable[-1] / bare[-1])
    return Ingest(
        bare_rps=round(statistics.median(bare), 1),
        ingest_rps=round(statistics.median(durable), 1),
        ratio=round(statistics.median(ratios), 3),
    )


def _signed(stage: DemoSetup, numbers: list[int], now: datetime) -> list[bytes]:
    return [_request(stage, number, now) for number in numbers]


def _request(stage: DemoSetup, number: int, now: datetime) -> bytes:
    body = json.dumps(event(number, now), ensure_ascii=False).encode()
    headers = signed_headers([stage.client_secret], f"{BATCH}_{number}", now, body)
    return request(HOST, stage.ports[1], "/v1/risk-events", headers, body)


def event(number: int, now: datetime) -> dict[str, Any]:
    """Return a risk event with its own customer, number and payee."""
    return {
        "event_id": f"evt_{BATCH}_{number}",
        "occurred_at": now.isoformat(),
        "customer": {
            "id": f"u_{BATCH}_{number}", "phone": f"+659{number % 10_000_000:07d}", "name": "陈美玲",
            "locale": "zh-CN", "timezone": "Asia/Singapore", "birth_year": 1957,
        },
        "transfer": {
            "id": f"t_{BATCH}_{number}", "amount": "5200.00", "currency": "SGD",
            "payee": {"name": "Golden Harbour", "account": f"SG88{number}", "bank": "Harbour Bank"},
            "created_at": now.isoformat(), "decide_by": (now + timedelta(minutes=30)).isoformat(),
            "hold_max": (now + timedelta(days=2)).isoformat(),
        },
        "risk": {"tier": "high", "score": 0.9, "typology": "fake_invest", "signals": ["new_payee"], "model": "bench"},
    }  # fmt: skip
