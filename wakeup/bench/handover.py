"""Measure how long an idle service takes from a customer's key 0 to the POST that calls an agent."""

from __future__ import annotations

import asyncio
import html
import json
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from wakeup.bank.signing import signed_headers
from wakeup.bench.ingest import event
from wakeup.bench.load_generator import BenchError
from wakeup.bench.stubs import HOST, PhoneBook, PlacedCall, quick_settings, twilio_signature
from wakeup.demo.accounts import AGENTS, make_agents
from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.runtime.clock import SystemClock, monotonic, pause
from wakeup.runtime.settings.settings import load_settings

BETWEEN_S = 0.05
WARM_UP = 10
WITHIN_S = 5.0
_ACTION = re.compile(r'<Gather[^>]*\baction="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """From sending the key to the arrival of the agent's POST, in milliseconds: turn, commit, claim, intent,
    connection."""

    offer_p50_ms: float
    offer_p99_ms: float


async def bench_handover(folder: Path, environment: Mapping[str, str], rounds: int) -> HandOver:
    """Have one customer at a time press 0 as soon as the prompt is heard, and hang up when the agent's phone rings."""
    ports = free_ports(4)
    clock, book = SystemClock(), PhoneBook()
    stage = new_setup(folder, speed=1.0, seed=1, now=clock.timestamp(), ports=(ports[0], ports[1], ports[2]))
    runner = await book.listen(stage.account, ports[3])
    settings = quick_settings(stage, f"http://{HOST}:{ports[3]}", "http://127.0.0.1:9")
    try:
        async with Processes(folder, environment) as processes, ClientSession() as session:
            # In this order: adding the agents marks the database as one that no service starts on.
            await processes.start("service", ["wakeup", "serve", "--migrate"], settings)
            await make_agents(load_settings(settings))
            took = [await _one(session, stage, book, clock, number) for number in range(WARM_UP + rounds)]
    finally:
        await runner.cleanup()
    cuts = statistics.quantiles(took[WARM_UP:], n=100, method="inclusive")
    return HandOver(offer_p50_ms=round(cuts[49] * 1000, 2), offer_p99_ms=round(cuts[98] * 1000, 2))


async def _one(session: ClientSession, stage: DemoSetup, book: PhoneBook, clock: SystemClock, number: int) -> float:
    flagged = event(number, clock.now())
    flagged["risk"]["tier"] = "critical"
    body = json.dumps(flagged, ensure_ascii=False).encode()
    headers = signed_headers([stage.client_secret], f"handover_{number}", clock.now(), body)
    url = f"{stage.address(1)}/v1/risk-events"
    async with session.post(url, data=body, headers={"Content-Type": "application/json", **headers}) as answer:
        if answer.status != 202:
            raise BenchError(f"the service answered {answer.status}")
    call = await _rung(book, {flagged["customer"]["phone"]})
    action = _ACTION.search(await _tell(session, stage, call, call.url, {"CallStatus": "in-progress"}))
    if action is None:
        raise BenchError("the first turn does not listen")
    await pause(BETWEEN_S)
    turn = html.unescape(action[1]).partition("#")[0]
    began = monotonic()
    pressing = asyncio.create_task(_tell(session, stage, call, turn, {"CallStatus": "in-progress", "Digits": "0"}))
    agent = await _rung(book, {number for _, _, number in AGENTS})
    took = monotonic() - began
    await pressing
    # The customer hangs up, and the agent's phone stops ringing: both are free for the next round.
    await _tell(session, stage, call, call.status_url, {"CallStatus": "completed", "SequenceNumber": "3"})
    await _tell(session, stage, agent, agent.status_url, {"CallStatus": "canceled", "SequenceNumber": "3"})
    await pause(BETWEEN_S)
    return took


async def _rung(book: PhoneBook, numbers: set[str]) -> PlacedCall:
    """Return the next call to one of these numbers; other calls in between are skipped."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            placed = await book.placed.get()
            if placed.to in numbers:
                return placed


async def _tell(session: ClientSession, stage: DemoSetup, call: PlacedCall, url: str, more: Mapping[str, str]) -> str:
    form = {
        "CallSid": call.sid, "AccountSid": stage.account, "To": call.to, "From": call.from_,
        "Direction": "outbound-api", **more,
    }  # fmt: skip
    headers = {"X-Twilio-Signature": twilio_signature(stage.token, url, form)}
    async with session.post(url, data=form, headers=headers) as answer:
        if answer.status not in {200, 204}:
            raise BenchError(f"the service answered {answer.status}")
        return await answer.text()
