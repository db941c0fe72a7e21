"""The whole service beside a stranger's phone company and payment core, in one process and in virtual time.

Real HTTP on loopback, the real database file, the official twilio library; hours pass in milliseconds. A story that
leaves an unexpected call, a broken webhook or an error in the log has failed.
"""

from __future__ import annotations

import base64
import json
import os
import random
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import structlog
from aiohttp import ClientSession

from wakeup.bank.signing import signed_headers
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.ids import SeededIds
from wakeup.runtime.service import Service, virtual_surroundings
from wakeup.runtime.settings import load_settings, new_keys
from wakeup.simulator.clock import LoopClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.handset import Handset
from wakeup.simulator.server import PhoneCompany
from wakeup.simulator.virtual_loop import run
from wakeup.storage.migrate import upgrade

EPOCH = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""Ten in the morning in Singapore."""
ACCOUNT, TOKEN = "AC" + "5" * 32, "t0ken" * 6
FROM = "+6531580001"
MEI = "+6591234501"


def whsec(byte: int) -> str:
    return "whsec_" + base64.b64encode(bytes([byte]) * 32).decode()


CLIENT_SECRET, CORE_SECRET, BEARER = whsec(1), whsec(2), "read-only-key-of-the-bank-in-stories"


def environment(folder: Path, phone: str, core: str, **more: str) -> dict[str, str]:
    """Settings of a service on loopback, with keys of its own."""
    dice = random.Random(7)
    return {
        **new_keys(lambda count: bytes(dice.getrandbits(8) for _ in range(count))),
        "WAKEUP_HTTP__PUBLIC_PORT": "0",
        "WAKEUP_HTTP__API_PORT": "0",
        "WAKEUP_HTTP__INSIDE_PORT": "0",
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


class World:
    """One story's stage. `log` holds every log line of the service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = LoopClock(EPOCH)
        self.company = PhoneCompany(ACCOUNT, TOKEN, self.clock, seed=7, calls_per_second=10.0)
        self.core = PaymentCore(self.clock, [CORE_SECRET])
        self.log: list[dict[str, Any]] = []
        self.may_log_errors = False
        self.service: Service
        self.session: ClientSession
        self._messages = 0
        self._lives = 0

    # The bank

    async def post(self, path: str, body: Any, *, message_id: str | None = None, secret: str = CLIENT_SECRET) -> Answer:
        """A signed message to the risk API."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self._messages += 1
        now = self.clock.now()
        headers = signed_headers([secret], message_id or f"msg_{self._messages}", now, raw)
        url = self.service.addresses["api"] + path
        async with self.session.post(url, data=raw, headers={"Content-Type": "application/json", **headers}) as answer:
            return Answer(answer.status, await answer.json(content_type=None), dict(answer.headers))

    async def get(self, path: str, listener: str = "api") -> Answer:
        headers = {"Authorization": f"Bearer {BEARER}"}
        async with self.session.get(self.service.addresses[listener] + path, headers=headers) as answer:
            return Answer(answer.status, await answer.json(content_type=None), dict(answer.headers))

    async def flag(self, event: dict[str, Any] | None = None, **changes: Any) -> Answer:
        """The risk engine flags a transfer, after telling its own core."""
        event = event or self.event(**changes)
        transfer = event["transfer"]
        self.core.register(transfer["id"], datetime.fromisoformat(transfer["decide_by"]))
        return await self.post("/v1/risk-events", event)

    def event(
        self, n: int = 1, *, phone: str = MEI, tier: str = "critical", minutes: float = 30, locale: str = "zh-CN",
        amount: str = "5200.00", currency: str = "SGD", customer: str | None = None, **risk: Any,
    ) -> dict[str, Any]:  # fmt: skip
        now = self.clock.now()
        return {
            "event_id": f"evt_{n}",
            "occurred_at": iso(now),
            "customer": {
                "id": customer or f"u_{n}", "phone": phone, "name": "陈美玲", "locale": locale,
                "timezone": "Asia/Singapore", "birth_year": 1957,
            },
            "transfer": {
                "id": f"t_{n}", "amount": amount, "currency": currency,
                "payee": {"name": "王大强", "account": f"SG-88-{n}", "bank": "Harbour Bank"},
                "created_at": iso(now), "decide_by": iso(now + timedelta(minutes=minutes)),
                "hold_max": iso(now + timedelta(days=2)),
            },
            "risk": {
                "tier": tier, "score": 0.97, "typology": "generic", "signals": ["new_payee"], "model": "m1", **risk,
            },
        }  # fmt: skip

    # The people

    def handset(self, number: str = MEI) -> Handset:
        return self.company.handset(number)

    # Time and ends

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    async def decided(self, transfer: str = "t_1", within: float = 3600) -> str:
        """What the payment core holds to be the decision, once it was told one."""
        for _ in range(int(within)):
            known = self.core.transfers.get(transfer)
            if known is not None and known.decision:
                return known.decision
            await self.clock.sleep(1)
        raise AssertionError(f"no decision about {transfer} within {within:g} s")

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    async def start_service(self, **settings: str) -> None:
        """Start it, or start it again over the same database."""
        self._lives += 1
        phone, core = self._bases
        given = load_settings(environment(self.folder, phone, core, **{**self._ports, **settings}))
        upgrade(given.database_url.get_secret_value(), lambda: data_folder("migrations"))
        ids = SeededIds(self._lives)
        dice = random.Random(self._lives)
        around = virtual_surroundings(EPOCH, ids, lambda count: bytes(dice.getrandbits(8) for _ in range(count)))
        self.service = Service(given, around)
        await self.service.start()

    async def __aenter__(self) -> Self:
        self._bases = await self.company.listen("127.0.0.1", 0), await self.core.listen("127.0.0.1", 0)
        from wakeup.runtime.demo.processes import free_ports

        public, api, inside = free_ports(3)
        self._ports = {
            "WAKEUP_HTTP__PUBLIC_PORT": str(public),
            "WAKEUP_HTTP__API_PORT": str(api),
            "WAKEUP_HTTP__INSIDE_PORT": str(inside),
            "WAKEUP_PUBLIC_BASE_URL": f"http://127.0.0.1:{public}",
        }
        self.session = ClientSession()
        structlog.configure(processors=[self._keep], cache_logger_on_first_use=False)
        await self.start_service()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.service.stop()
        await self.session.close()
        await self.company.close()
        await self.core.close()
        structlog.reset_defaults()
        if kind is None:
            self.company.assert_nothing_unexpected()
            errors = [line for line in self.log if line["level"] in {"error", "critical"}]
            assert self.may_log_errors or not errors, errors
            assert self.company.ledger.summary()["duplicate_rings"] == 0

    def _keep(self, _logger: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
        if line.get("exc_info"):
            line["traceback"] = traceback.format_exc()
        self.log.append({**line, "level": "error" if method == "exception" else method})
        if os.environ.get("WAKEUP_TEST_LOG"):
            pass
        raise structlog.DropEvent


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


Story = Callable[[World], Awaitable[None]]


def tell(story: Story, folder: Path) -> None:
    """Run a story from beginning to end in virtual time."""

    async def told() -> None:
        async with World(folder) as world:
            await story(world)

    run(told())
