"""The whole service with a simulated phone company and payment core, in one process and in virtual time.

Real HTTP over connections in memory, the real database file, the official twilio library; hours pass in milliseconds.
A story that leaves an unexpected call, a broken webhook, an error in the log or a doubtful timeline has failed.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import os
import random
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import structlog
from aiohttp import ClientSession

from tests.scenario.virtual import virtual_infrastructure
from tests.storage.migrated import stocked_file
from wakeup.bank.signing import signed_headers
from wakeup.bench.seeded_ids import SeededIds
from wakeup.runtime.audit_verify import find_faults
from wakeup.runtime.infrastructure import Connectors
from wakeup.runtime.service import Service
from wakeup.runtime.settings.settings import Settings, load_settings, new_keys
from wakeup.simulation.loop import SimulatedLoop, run
from wakeup.simulation.network import wires
from wakeup.simulator.call_request import Hook
from wakeup.simulator.clock import LoopClock
from wakeup.simulator.core import PaymentCore, Transfer
from wakeup.simulator.handset import Handset
from wakeup.simulator.ledger import Fact
from wakeup.simulator.server import PhoneCompany
from wakeup.simulator.webhooks import Answer as Webhook

EPOCH = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""10:00 in Singapore."""
ACCOUNT, TOKEN = "AC" + "5" * 32, "t0ken" * 6
FROM = "+6531580001"
MEI, LIN = "+6591234501", "+6591234502"
ERRORS = frozenset({"error", "critical"})
PORTS = (7001, 7002, 8001, 8002, 8003)
"""Of the phone company, the payment core, and the service: public, API and inside."""


def whsec(byte: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(byte, byte + 32))).decode()


CLIENT_SECRET, CORE_SECRET, BEARER = whsec(1), whsec(2), "read-only-key-of-the-bank-in-stories"


def environment(folder: Path, phone: str, core: str, **more: str) -> dict[str, str]:
    """Settings of a service on loopback, with keys of its own."""
    dice = random.Random(7)
    return {
        **new_keys(lambda count: bytes(dice.getrandbits(8) for _ in range(count))),
        "WAKEUP_HTTP__PUBLIC_PORT": "0",
        "WAKEUP_HTTP__API_PORT": "0",
        "WAKEUP_HTTP__INSIDE_PORT": "0",
        "WAKEUP_HTTP__LEAVE_S": "0",
        "WAKEUP_PUBLIC_BASE_URL": "http://127.0.0.1:1",
        "WAKEUP_DATABASE_URL": f"sqlite:///{folder / 'wakeup.db'}",
        "WAKEUP_TWILIO__ACCOUNT_SID": ACCOUNT,
        "WAKEUP_TWILIO__AUTH_TOKEN": TOKEN,
        "WAKEUP_TWILIO__BASE_URL": phone,
        "WAKEUP_TWILIO__FROM_NUMBERS": FROM,
        "WAKEUP_TWILIO__CALLS_PER_SECOND": "5",
        "WAKEUP_TWILIO__MAX_CONCURRENT_CALLS": "50",
        "WAKEUP_CLIENTS__BANK__SECRETS": CLIENT_SECRET,
        "WAKEUP_CLIENTS__BANK__BEARER_KEYS": BEARER,
        "WAKEUP_PAYMENT_CORE__URL": f"{core}/decisions",
        "WAKEUP_PAYMENT_CORE__SECRETS": CORE_SECRET,
        "WAKEUP_BANK__NAME_ZH": "星河银行",
        "WAKEUP_BANK__NAME_EN": "Star River Bank",
        "WAKEUP_AUDIT__ANCHORS_FILE": str(folder / "anchors.jsonl"),
        **more,
    }


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class WatchedCompany(PhoneCompany):
    """A phone company that records every URL of ours that it requested."""

    asked: list[str]

    async def webhook(self, hook: Hook, params: dict[str, str], kind: str, sid: str) -> Webhook:
        self.asked.append(hook.url)
        return await super().webhook(hook, params, kind, sid)


class World:
    """The environment of one story. `log` holds every log line of the service, `wires` makes its connections."""

    def __init__(self, folder: Path, wires: Connectors, ports: Sequence[int]) -> None:
        self.folder, self.wires, self.ports = folder, wires, ports
        self.clock = LoopClock(EPOCH)
        wire = partial(wires, each_once=False)
        self.company = WatchedCompany(ACCOUNT, TOKEN, self.clock, seed=7, calls_per_second=10.0, connector=wire)
        self.company.asked = []
        self.core = PaymentCore(self.clock, [CORE_SECRET])
        self._news = asyncio.Event()
        self.core.ledger.follow(self._news.set)
        self.log: list[dict[str, Any]] = []
        self.given: Settings
        self.service: Service
        self.session: ClientSession
        self._expected: set[str] = set()
        self._messages = 0
        self._lives = 0

    def expects(self, *events: str) -> None:
        """Allow errors with these names in the log. Each must occur at least once; any other error fails the story."""
        self._expected.update(events)

    # The bank

    async def post(
        self, path: str, body: Any, *, message_id: str | None = None, secret: str = CLIENT_SECRET, method: str = "POST"
    ) -> Answer:
        """Post a signed message to the risk API."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self._messages += 1
        now = self.clock.now()
        headers = signed_headers([secret], message_id or f"msg_{self._messages}", now, raw)
        url = self.service.addresses["api"] + path
        sent = self.session.request(method, url, data=raw, headers={"Content-Type": "application/json", **headers})
        async with sent as answer:
            return Answer(answer.status, await answer.json(content_type=None), dict(answer.headers))

    async def get(self, path: str) -> Answer:
        headers = {"Authorization": f"Bearer {BEARER}"}
        async with self.session.get(self.service.addresses["api"] + path, headers=headers) as answer:
            raw = await answer.read()
            return Answer(answer.status, json.loads(raw) if raw else {}, dict(answer.headers))

    async def metrics(self) -> str:
        async with self.session.get(self.service.addresses["inside"] + "/metrics") as answer:
            return await answer.text()

    async def flag(self, event: dict[str, Any] | None = None, **changes: Any) -> Answer:
        """The risk engine flags a transfer, after telling its own core."""
        event = event or self.event(**changes)
        transfer = event["transfer"]
        self.core.register(transfer["id"], datetime.fromisoformat(transfer["decide_by"]))
        return await self.post("/v1/risk-events", event)

    def event(
        self, n: int = 1, *, phone: str = MEI, tier: str = "critical", minutes: float = 30, locale: str = "zh-CN",
        amount: str = "5200.00", currency: str = "SGD", customer: str | None = None, zone: str = "Asia/Singapore",
        account: str | None = None, hold: timedelta = timedelta(days=2), **risk: Any,
    ) -> dict[str, Any]:  # fmt: skip
        now = self.clock.now()
        decide_by = now + timedelta(minutes=minutes)
        return {
            "event_id": f"evt_{n}",
            "occurred_at": iso(now),
            "customer": {
                "id": customer or f"u_{n}", "phone": phone, "name": "陈美玲", "locale": locale,
                "timezone": zone, "birth_year": 1957,
            },
            "transfer": {
                "id": f"t_{n}", "amount": amount, "currency": currency,
                "payee": {"name": "王大强", "account": account or f"SG-88-{n}", "bank": "Harbour Bank"},
                "created_at": iso(now), "decide_by": iso(decide_by), "hold_max": iso(decide_by + hold),
            },
            "risk": {
                "tier": tier, "score": 0.97, "typology": "generic", "signals": ["new_payee"], "model": "m1", **risk,
            },
        }  # fmt: skip

    async def news(self, kind: str, transfer: str = "t_1", *, event_id: str | None = None, **more: Any) -> Answer:
        """The bank reports what happened to a transfer: for example cancelled_in_app, confirmed_in_app or released."""
        self._messages += 1
        body = {
            "type": kind, "event_id": event_id or f"news_{self._messages}", "transfer_id": transfer,
            "occurred_at": iso(self.clock.now()), **more,
        }  # fmt: skip
        return await self.post(f"/v1/transfers/{transfer}/events", body)

    async def in_force(self, transfer: str = "t_1") -> dict[str, Any]:
        """The newest decision, as the bank can fetch it."""
        return (await self.get(f"/v1/transfers/{transfer}/decision")).body

    async def in_app(self, user: str = "u_1") -> dict[str, Any]:
        """What the bank's app shows a customer who tapped "I am on this call"."""
        return (await self.get(f"/v1/users/{user}/call-status?confirmed=true")).body

    # The people

    def handset(self, number: str = MEI) -> Handset:
        return self.company.handset(number)

    # Time and ends

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    async def decided(self, transfer: str = "t_1", within: float = 3600) -> str:
        """The decision in force at the payment core, once it has received one."""
        return await self.told(1, transfer, within)

    async def told(self, times: int, transfer: str = "t_1", within: float = 3600) -> str:
        """The decision in force at the core once it has received `times` different ones, none of them late."""
        end = self.clock.now() + timedelta(seconds=within)
        while len((known := self.core.transfers.get(transfer, Transfer())).decision_ids) < times:
            left = (end - self.clock.now()).total_seconds()
            assert left > 0, f"not {times} decisions about {transfer} in {within:g} s: {self.tellings(transfer)}"
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)
            # The sender learns that its message arrived.
            await self.clock.sleep(1)
        assert len(known.decision_ids) == times, self.tellings(transfer)
        assert not known.late
        return known.decision

    def tellings(self, transfer: str = "t_1") -> list[tuple[str, str]]:
        """What the core received about a transfer, in order: decision and reason."""
        rows = [row for row in self.core.ledger.of("accepted") if row["transfer"] == transfer]
        return [(row["decision"], row["reason"]) for row in rows]

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    def posts(self, number: str = MEI) -> list[Fact]:
        """The calls requested from the phone company, accepted or not."""
        return [row for row in self.company.ledger.of("post_received") if row["to"] == number]

    def rang(self, number: str = MEI) -> int:
        return sum(call.request.to == number for call in self.company.calls.values() if call.status != "queued")

    def timeline(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Every timeline row so far (kind, by and data), or those of one kind."""
        rows = self._rows("SELECT kind, by, data FROM timeline ORDER BY at, case_id, n")
        every = [{"kind": row[0], "by": row[1], **json.loads(row[2])} for row in rows]
        return [row for row in every if kind in {None, row["kind"]}]

    def learned(self) -> list[tuple[str, str]]:
        """Contact and outcome of every conversation so far."""
        return [(row["contact"], row["outcome"]) for row in self.timeline("learned")]

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.folder / 'wakeup.db'}?mode=ro", uri=True) as connection:
            rows = connection.execute(query).fetchall()
        connection.close()
        return rows

    # The service under test

    @property
    def phone_url(self) -> str:
        """The URL of the phone company."""
        return self._bases[0]

    async def start_service(self, **settings: str) -> None:
        """Start the service, or restart it with the same database."""
        self._lives += 1
        phone, core = self._bases
        self.given = load_settings(environment(self.folder, phone, core, **{**self._ports, **settings}))
        ids = SeededIds(self._lives)
        dice = random.Random(self._lives)
        random_bytes = lambda count: bytes(dice.getrandbits(8) for _ in range(count))  # noqa: E731
        self.service = Service(self.given, virtual_infrastructure(EPOCH, ids, random_bytes, self.wires))
        await self.service.start()

    async def raise_curtain(self, settings: dict[str, str]) -> None:
        phone, core, public, api, inside = self.ports
        self._bases = await self.company.listen(port=phone), await self.core.listen(port=core)
        self._ports = {
            "WAKEUP_HTTP__PUBLIC_PORT": str(public),
            "WAKEUP_HTTP__API_PORT": str(api),
            "WAKEUP_HTTP__INSIDE_PORT": str(inside),
            "WAKEUP_PUBLIC_BASE_URL": f"http://127.0.0.1:{public}",
        }
        self.company.inbound_message_url = f"http://127.0.0.1:{public}/twilio/sms/inbound"
        self.session = ClientSession(connector=self.wires(each_once=False))
        shutil.copy(stocked_file(), self.folder / "wakeup.db")
        structlog.configure(processors=[self._keep], cache_logger_on_first_use=False)
        await self.start_service(**settings)

    async def drop_curtain(self) -> None:
        await self.service.stop()
        await self.session.close()
        await self.company.close()
        await self.core.close()
        structlog.reset_defaults()

    def judge(self) -> None:
        """Check what must be true after every story."""
        self.company.assert_nothing_unexpected()
        self.judge_books()

    def judge_books(self) -> None:
        """Check what must be true however the phones were answered. No staff keep promised calls here, so late ones are
        no fault."""
        errors = [line for line in self.log if line["level"] in ERRORS and line.get("cause") != "promise_late"]
        assert {line["event"] for line in errors} == self._expected, errors
        assert self.company.ledger.summary()["duplicate_rings"] == 0
        told = self.core.summary()
        assert not any(told[fault] for fault in ("late_decisions", "out_of_order", "bad_signature", "conflicts")), told
        key = self.given.keys.audit.get_secret_value()
        url, anchors = f"sqlite:///{self.folder / 'wakeup.db'}", self.folder / "anchors.jsonl"
        faults = find_faults(url, key, anchors, node=self.given.node.name)
        assert not faults, faults

    def _keep(self, _logger: Any, method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
        if line.get("exc_info"):
            line["traceback"] = traceback.format_exc()
        self.log.append({**line, "level": "error" if method == "exception" else method})
        if os.environ.get("WAKEUP_TEST_LOG"):
            sys.stderr.write(f"{line}\n")
        raise structlog.DropEvent


class LibraryLog(logging.Handler):
    """Record warnings of libraries as errors of the service."""

    def __init__(self, log: list[dict[str, Any]]) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.append({"event": record.name, "level": "error", "text": self.format(record)})


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def plain(url: str) -> str:
    """The URL with percent-escapes decoded."""
    return unquote(url)


Story = Callable[[World], Awaitable[None]]


def tell(story: Story, folder: Path, **settings: str) -> None:
    """Run a story from beginning to end in virtual time. `settings` override the service's environment."""

    async def in_memory() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulatedLoop)
        # Time passes only where a story or the service waits.
        loop.network.delay = lambda: 0.0
        await told(story, World(folder, partial(wires, loop.network), PORTS), settings)

    run(in_memory())


async def told(story: Story, world: World, settings: dict[str, str]) -> None:
    library_log = LibraryLog(world.log)
    logging.getLogger().addHandler(library_log)
    try:
        await world.raise_curtain(settings)
        try:
            await story(world)
        finally:
            await world.drop_curtain()
    finally:
        logging.getLogger().removeHandler(library_log)
    world.judge()
