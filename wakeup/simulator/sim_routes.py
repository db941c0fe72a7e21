"""The simulator's own `/_sim`, which no real phone company offers: its ledger, and the switches for faults."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from wakeup.simulator import responses
from wakeup.simulator.call_request import Hook, RequestFault, check_url

if TYPE_CHECKING:
    from wakeup.simulator.account import Account


class Sim:
    """Handlers under `/_sim`. They need no credentials."""

    def __init__(self, company: Account) -> None:
        self._company = company

    async def ledger(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(self._company.ledger.summary())

    async def facts(self, request: web.Request) -> web.StreamResponse:
        names = set(request.query.get("fact", "").split(",")) - {""}
        return web.json_response([row for row in self._company.ledger.facts if not names or row["fact"] in names])

    async def calls(self, _request: web.Request) -> web.StreamResponse:
        rows = [
            {
                **responses.call_json(one, self._company.account_sid),
                "to": responses.masked(one.request.to),
                "to_formatted": "",
            }
            for one in self._company.calls.values()
        ]
        return web.json_response(rows)

    async def faults(self, request: web.Request) -> web.StreamResponse:
        wishes = json.loads(await request.text())
        company = self._company
        try:
            if "suspended" in wishes:
                company.suspend_account(suspended=bool(wishes.pop("suspended")))
            if "calls_per_second" in wishes:
                company.calls_per_second = float(wishes.pop("calls_per_second"))
            company.faults.configure(wishes)
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.Response(status=204)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        wish = json.loads(await request.text())
        url = wish.get("url") or self._company.inbound_message_url
        try:
            check_url(url, "url", 21205)
        except RequestFault as fault:
            return responses.refusal(fault)
        replies = await self._company.messages.receive(wish["from"], wish["to"], wish["body"], Hook(url=url))
        return web.json_response({"replies": replies})
