"""Stubs of phone company and payment core in the measuring process: they record requests and cost almost nothing."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import sha1

from aiohttp import web

from wakeup.demo.setup import DemoSetup

HOST = "127.0.0.1"
IN_PROGRESS = "in-progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCall:
    """A call requested by the service."""

    sid: str
    url: str
    """URL from which its first turn is fetched."""
    to: str
    from_: str
    status_url: str = ""
    """URL of its status callbacks."""
    created: str = ""
    """When it was created, in the date format of Twilio."""

    def shown(self) -> dict[str, str | None]:
        """Return the call as the API shows it: in progress."""
        return {
            "sid": self.sid, "to": self.to, "from": self.from_, "status": IN_PROGRESS, "direction": "outbound-api",
            "date_created": self.created, "duration": None, "answered_by": None,
        }  # fmt: skip


class PhoneBook:
    """A phone company that accepts every call and SMS, reports all calls as in progress, and places none."""

    def __init__(self) -> None:
        self.placed: asyncio.Queue[PlacedCall] = asyncio.Queue()
        self.asked: list[tuple[str, float]] = []
        """Number to call and time of each request, by the machine's monotonic clock."""
        self._calls: dict[str, PlacedCall] = {}
        self._texts = 0

    async def create(self, request: web.Request) -> web.Response:
        at = time.monotonic()  # noqa: TID251 - it measures from outside the service
        form = await request.post()
        self.asked.append((str(form["To"]), at))
        sid = f"CA{len(self._calls) + 1:032x}"
        call = PlacedCall(
            sid=sid, url=str(form["Url"]).partition("#")[0], to=str(form["To"]), from_=str(form["From"]),
            status_url=str(form.get("StatusCallback", "")).partition("#")[0], created=formatdate(),
        )  # fmt: skip
        self._calls[sid] = call
        self.placed.put_nowait(call)
        return web.json_response({"sid": sid, "status": "queued"}, status=201)

    async def fetch(self, request: web.Request) -> web.Response:
        return web.json_response(self._calls[request.match_info["sid"]].shown())

    async def search(self, request: web.Request) -> web.Response:
        """Return the calls between two numbers, all of them in progress."""
        to, from_, status = (request.query.get(name) for name in ("To", "From", "Status"))
        found = [
            call.shown()
            for call in self._calls.values()
            if call.to == to and call.from_ == from_ and status in {None, IN_PROGRESS}
        ]
        return web.json_response({"calls": found, "next_page_uri": None})

    async def update(self, request: web.Request) -> web.Response:
        return web.json_response({"sid": request.match_info["sid"], "status": "completed"})

    async def text(self, _request: web.Request) -> web.Response:
        self._texts += 1
        return web.json_response({"sid": f"SM{self._texts:032x}", "status": "queued"}, status=201)

    async def listen(self, account: str, port: int) -> web.AppRunner:
        app = web.Application()
        of_ours = f"/2010-04-01/Accounts/{account}"
        calls = f"{of_ours}/Calls"
        app.router.add_post(f"{calls}.json", self.create)
        app.router.add_get(f"{calls}.json", self.search)
        app.router.add_get(f"{calls}/{{sid}}.json", self.fetch)
        app.router.add_post(f"{calls}/{{sid}}.json", self.update)
        app.router.add_post(f"{calls}/{{sid}}/Recordings.json", self.update)
        app.router.add_post(f"{of_ours}/Messages.json", self.text)
        return await _listening(app, port)


class CoreBook:
    """A payment core that accepts every decision and records when it first came."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.told: dict[str, float] = {}
        self._now = now

    async def decision(self, request: web.Request) -> web.Response:
        at = self._now()
        body = json.loads(await request.read())
        self.told.setdefault(body.get("data", body)["transfer_id"], at)
        return web.Response(status=200)

    async def listen(self, port: int) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/decisions", self.decision)
        return await _listening(app, port)


async def _listening(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port, backlog=1024).start()
    return runner


def twilio_signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Return the signature as Twilio computes it: over the URL, then every parameter by name."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


def quick_settings(stage: DemoSetup, phone: str, core: str, **more: str) -> dict[str, str]:
    """Return the set-up's settings with the wall clock, little logging, and more lines than any bench needs."""
    settings = stage.settings(phone, core) | {
        "WAKEUP_TWILIO__CALLS_PER_SECOND": "100",
        "WAKEUP_TWILIO__MAX_CONCURRENT_CALLS": "10000",
        "WAKEUP_LOG__LEVEL": "warning",
        **more,
    }
    return {name: value for name, value in settings.items() if not name.startswith("WAKEUP_CLOCK__")}
