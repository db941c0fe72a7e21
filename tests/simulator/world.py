"""A small application that serves TwiML to the phone company, and a world to tell stories in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from wakeup.simulator.clock import LoopClock
from wakeup.simulator.server import PhoneCompany

ACCOUNT = "AC" + "0" * 32
TOKEN = "a-token-of-the-tests"
OURS = "+6560000001"
EPOCH = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class Application:
    """Answer every path with what the test set, and record what was received."""

    def __init__(self) -> None:
        self.pages: dict[str, list[str | web.Response]] = {}
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.base = ""

    def serves(self, path: str, *pages: str | web.Response) -> None:
        """Serve these pages in order. The last one is repeated."""
        self.pages[path] = list(pages)

    def sent(self, path: str) -> list[dict[str, str]]:
        return [form for where, form, _ in self.requests if where == path]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append((request.path, form, {**request.headers, "url": self.base + request.raw_path}))
        pages = self.pages.get(request.path)
        if pages is None:
            return web.Response(status=204)
        page = pages.pop(0) if len(pages) > 1 else pages[0]
        if isinstance(page, str):
            return web.Response(text=f"<Response>{page}</Response>", content_type="text/xml")
        return web.Response(status=page.status, body=page.body, headers=page.headers)


class World:
    def __init__(self, company: PhoneCompany, application: Application, url: str, http: aiohttp.ClientSession) -> None:
        self.company = company
        self.application = application
        self.url = url
        self.http = http

    async def post(self, what: str = "Calls.json", **form: Any) -> tuple[int, dict[str, Any]]:
        """POST to the account's resource. A list becomes a repeated key."""
        fields = [(k, v) for k, value in form.items() for v in (value if isinstance(value, list) else [value])]
        where = f"{self.url}/2010-04-01/Accounts/{ACCOUNT}/{what}"
        async with self.http.post(where, data=fields) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, what: str, **query: str) -> dict[str, Any]:
        where = f"{self.url}/2010-04-01/Accounts/{ACCOUNT}/{what}"
        async with self.http.get(where, params=query) as response:
            return dict(await response.json())

    async def call(self, to: str, **form: Any) -> dict[str, Any]:
        """Have the phone company call a number, with the page `/voice` and all status callbacks."""
        base = self.application.base
        fields = {
            "To": to,
            "From": OURS,
            "Url": f"{base}/voice",
            "StatusCallback": f"{base}/status",
            "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        }
        status, body = await self.post(**{**fields, **form})
        assert status == 201, body
        return body

    def statuses(self) -> list[str]:
        return [form["CallStatus"] for form in self.application.sent("/status")]


@asynccontextmanager
async def world(**options: Any) -> AsyncIterator[World]:
    application = Application()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", application.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    application.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    company = PhoneCompany(ACCOUNT, TOKEN, LoopClock(EPOCH), **{"calls_per_second": 10.0, **options})
    url = await company.listen()
    headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}
    async with aiohttp.ClientSession(headers=headers) as http:
        try:
            yield World(company, application, url, http)
        finally:
            await company.close()
            await runner.cleanup()
