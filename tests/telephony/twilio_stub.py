"""A tiny phone company on a loopback socket. It records every request and answers what the test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Self

from aiohttp import web
from multidict import MultiMapping

from wakeup.domain.ids import AttemptId
from wakeup.telephony.client import TwilioPhone
from wakeup.telephony.credentials import TwilioAccess
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.ports import CallOrder

ACCOUNT = "AC" + "0" * 32
TOKEN = "token-of-the-tests"
SID = "CA" + "1" * 32
TO, FROM = "+6591234567", "+6531234567"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
URLS = CallbackUrls("https://voice.bank.example", b"k" * 32)
ORDER = CallOrder(attempt_id=AttemptId("att_1"), to=TO, from_=FROM, ring_timeout_s=25, time_limit_s=600)
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    method: str
    raw_path: str
    query: MultiMapping[str]
    form: MultiMapping[Any]
    authorization: str


class TwilioStub:
    """Requests are counted once they have arrived completely, before they are answered."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._runner.cleanup()

    @property
    def posts(self) -> list[Received]:
        return [request for request in self.received if request.method == "POST"]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        authorization = request.headers.get("Authorization", "")
        self.received.append(
            Received(
                method=request.method,
                raw_path=request.raw_path,
                query=request.query,
                form=form,
                authorization=authorization,
            )
        )
        return await self.answer(request)


def says(status: int, body: Any = "", **headers: str) -> Answer:
    """Answer with JSON for a dict or list, and with the text itself for a string."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=named)
        return web.json_response(body, status=status, headers=named)

    return answer


def fault(status: int, code: Any, **headers: str) -> Answer:
    return says(status, {"code": code, "message": f"no good: {TO}", "more_info": "", "status": status}, **headers)


def in_turn(*answers: Answer) -> Answer:
    """The first request gets the first answer, and so on."""
    waiting = list(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await waiting.pop(0)(request)

    return answer


async def drops(request: web.Request) -> web.StreamResponse:
    """Read the request and close the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def resets(request: web.Request) -> web.StreamResponse:
    """Read the request and reset the connection. The error is the kernel's, as for a refused connection."""
    assert request.transport is not None
    never_linger = struct.pack("ii", 1, 0)
    request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, never_linger)
    return await drops(request)


async def stalls(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def drops_within_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=201, headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"sid": "CA')
    return await drops(request)


async def dribbles(request: web.Request) -> web.StreamResponse:
    """Send headers, then one space at a time, without end."""
    response = web.StreamResponse(status=201)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b" ")
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.02)
    return response


def call(sid: str = SID, status: str = "in-progress", created: datetime | None = NOW, **changes: Any) -> dict[str, Any]:
    """A call as the API shows it."""
    shown = {
        "sid": sid,
        "account_sid": ACCOUNT,
        "date_created": None if created is None else format_datetime(created),
        "start_time": None,
        "to": TO,
        "from": FROM,
        "status": status,
        "direction": "outbound-api",
        "duration": None,
        "answered_by": None,
    }
    return {**shown, **changes}


def page(*calls: dict[str, Any], following: str | None = None) -> Answer:
    return says(200, {"calls": list(calls), "next_page_uri": following, "page": 0, "page_size": 1000})


def access(base_url: str, **changes: Any) -> TwilioAccess:
    return TwilioAccess(account_sid=ACCOUNT, auth_tokens=(TOKEN,), base_url=base_url, **changes)


def patience(answer: Answer) -> dict[str, float]:
    """Short where the answer never ends, so that the test ends; otherwise far longer than a busy machine needs."""
    return {"read_timeout_s": 0.3} if answer in {stalls, dribbles} else {}


def phone(base_url: str, **changes: Any) -> TwilioPhone:
    return TwilioPhone(access(base_url, **changes), URLS)
