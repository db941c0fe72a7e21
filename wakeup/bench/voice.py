"""Measure how long the phone company waits for each turn of conversations at a steady rate."""

from __future__ import annotations

import asyncio
import html
import json
import re
import signal
import statistics
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from aiohttp import ClientSession, TCPConnector

from wakeup.bank.signing import signed_headers
from wakeup.bench.ingest import event
from wakeup.bench.load_generator import BenchError, rate, request
from wakeup.bench.stubs import HOST, CoreBook, PhoneBook, PlacedCall, quick_settings, twilio_signature
from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.runtime.clock import SystemClock, monotonic, pause

SOME_REST_S = 0.5
"""Seconds between the events and the first turn."""
ABREAST = 100
"""Number of concurrent conversations. A new one begins when one ends, so that first, middle and last turns mix."""
WITHIN_S = 120.0
WARM_UP = 50
_ACTION = re.compile(r'<Gather[^>]*\baction="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """From sending a signed request to reading its TwiML, in milliseconds; `asked_per_s` is the rate that was
    attempted."""

    asked_per_s: float
    turns_per_s: float
    p50_ms: float
    p99_ms: float
    turns: int
    calls: int
    unsigned_per_s: float = 0.0
    """POSTs without a signature that were refused at the same time, per second."""


@dataclass(slots=True)
class Talk:
    """One conversation: the URL of its next turn, and the keys to send."""

    call: PlacedCall
    url: str
    digits: str | None = None


async def bench_voice(
    folder: Path, environment: Mapping[str, str], per_second: float, calls: int, unsigned: float = 0.0
) -> Voice:
    """Place all calls first; then each conversation says yes to everything until it ends, and its decision is
    delivered.

    Meanwhile `unsigned` requests per second are posted, which the service refuses.
    """
    ports = free_ports(5)
    clock, book = SystemClock(), PhoneBook()
    core = CoreBook(clock.timestamp)
    stage = new_setup(folder, speed=1.0, seed=1, now=clock.timestamp(), ports=(ports[0], ports[1], ports[2]))
    runners = [await book.listen(stage.account, ports[3]), await core.listen(ports[4])]
    settings = quick_settings(stage, f"http://{HOST}:{ports[3]}", f"http://{HOST}:{ports[4]}")
    try:
        async with (
            Processes(folder, environment) as processes,
            ClientSession(connector=TCPConnector(limit=0)) as session,
        ):
            await processes.start("service", ["wakeup", "serve", "--migrate"], settings)
            await rate(HOST, ports[1], [_flag(stage, n, clock) for n in range(calls)], 202)
            placed = [await asyncio.wait_for(book.placed.get(), WITHIN_S) for _ in range(calls)]
            told = folder / "flood.json"
            if unsigned:
                flood = ["wakeup.bench.flood", HOST, str(ports[0]), str(unsigned), str(told)]
                await processes.start("flood", flood)
            await pause(SOME_REST_S)
            voice = await _converse(session, stage, placed, per_second)
            if not core.told:
                raise BenchError("no decision was delivered")
            if unsigned:
                processes.send("flood", signal.SIGTERM)
                await processes.gone("flood")
                voice = replace(voice, unsigned_per_s=_rate_of(told))
            return voice
    finally:
        for runner in runners:
            await runner.cleanup()


def _rate_of(told: Path) -> float:
    if not told.exists():
        raise BenchError("an unsigned request was not refused")
    found = json.loads(told.read_text(encoding="utf-8"))
    return round(float(found["refused"]) / float(found["seconds"]), 1)


def _flag(stage: DemoSetup, number: int, clock: SystemClock) -> bytes:
    now = clock.now()
    flagged = event(number, now)
    # Critical, so that the number may be called at any hour.
    flagged["risk"]["tier"] = "critical"
    body = json.dumps(flagged, ensure_ascii=False).encode()
    headers = signed_headers([stage.client_secret], f"voice_{number}", now, body)
    return request(HOST, stage.ports[1], "/v1/risk-events", headers, body)


async def _converse(session: ClientSession, stage: DemoSetup, placed: list[PlacedCall], per_second: float) -> Voice:
    """Send a turn each 1/rate seconds, whether or not the last one was answered: callers do not wait for each other."""
    fresh = deque(Talk(call, call.url) for call in placed)
    ready = [fresh.popleft() for _ in range(min(ABREAST, len(fresh)))]
    dice = Random(1)  # noqa: S311 - the same order every time
    took: list[float] = []
    under_way: set[asyncio.Task[None]] = set()

    async def turn(talk: Talk) -> None:
        sent = monotonic()
        twiml = await _fetch(session, stage, talk)
        took.append(monotonic() - sent)
        action = _ACTION.search(twiml)
        if action is None:
            if fresh:
                ready.append(fresh.popleft())
        else:
            ready.append(Talk(talk.call, html.unescape(action[1]).partition("#")[0], "1"))

    began, sent = monotonic(), 0
    while ready or under_way:
        if ready:
            task = asyncio.create_task(turn(ready.pop(dice.randrange(len(ready)))))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            sent += 1
        await pause(max(0.0, began + sent / per_second - monotonic()))
    lasted = monotonic() - began
    if len(took) != sent:
        raise BenchError(f"{sent - len(took)} of {sent} turns were not answered")
    cuts = statistics.quantiles(took[WARM_UP:], n=100, method="inclusive")
    return Voice(
        asked_per_s=per_second,
        turns_per_s=round(len(took) / lasted, 1),
        p50_ms=round(cuts[49] * 1000, 2),
        p99_ms=round(cuts[98] * 1000, 2),
        turns=len(took),
        calls=len(placed),
    )


async def _fetch(session: ClientSession, stage: DemoSetup, talk: Talk) -> str:
    form = {
        "CallSid": talk.call.sid, "AccountSid": stage.account, "To": talk.call.to, "From": talk.call.from_,
        "Direction": "outbound-api", "CallStatus": "in-progress", **({"Digits": talk.digits} if talk.digits else {}),
    }  # fmt: skip
    headers = {"X-Twilio-Signature": twilio_signature(stage.token, talk.url, form)}
    async with session.post(talk.url, data=form, headers=headers) as answer:
        if answer.status != 200:
            raise BenchError(f"a turn was answered {answer.status}")
        return await answer.text()
