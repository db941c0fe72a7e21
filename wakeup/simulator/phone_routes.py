"""A phone in the browser, served by the simulator alone. It takes over one number, rings when that number is
called, and can do what a person can do with a phone."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from wakeup.simulator.call_request import Hook, RequestFault
from wakeup.simulator.handset import Handset
from wakeup.simulator.line import Line

if TYPE_CHECKING:
    from wakeup.simulator.account import Account

FOLDER = Path(__file__).parent / "phone_page"
FILES = {"phone.js": "text/javascript", "phone.css": "text/css", "icon.svg": "image/svg+xml"}
CARRIER = ("rings", "busy", "failed")
MAX_WORDS, MAX_CODE, MAX_WISHES = 500, 12, 20
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'"
)


class PhonePage:
    """Handlers under `/handset`. Acts are JSON, which a form on another site cannot send."""

    def __init__(self, company: Account) -> None:
        self._company = company
        self._wishes: list[dict[str, Any]] = []
        self._app: dict[str, dict[str, Any]] = {}
        """What the bank's app shows on each phone."""
        self._bank: dict[str, str] = {}
        """What became of the newest request to flag, by phone."""

    async def page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(FOLDER / "phone.html", headers={"Content-Security-Policy": POLICY})

    async def file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["file"]
        if name not in FILES:
            raise web.HTTPNotFound
        return web.FileResponse(FOLDER / name, headers={"Content-Type": FILES[name]})

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Return what the phone shows now: its newest call, the words heard, the SMS received."""
        handset = self._handset(request)
        line = handset.missed[-1] if handset.missed else None
        return web.json_response(
            {
                "call": None if line is None else _call(line),
                "calls": len(handset.missed),
                "texts": handset.texts,
                "carrier": handset.carrier,
                "takes": handset.takes_calls,
                "app": self._app.get(handset.number),
                "bank": self._bank.get(handset.number, ""),
                "ring_seconds": round(self._company.clock.loop_seconds(30.0), 1),
            }
        )

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Pick up, reject, press keys, say words, hang up, send an SMS, be out of reach, or take calls
        automatically."""
        handset, wish = self._handset(request), await _wish(request)
        what, value = wish.get("act"), str(wish.get("value", ""))[:MAX_WORDS]
        if what == "carrier" and value in CARRIER:
            handset.carrier = value
        elif what == "takes":
            handset.takes_calls = value == "yes"
        elif what == "text":
            self._text(handset, value)
        else:
            _with_line(handset.missed[-1] if handset.missed else None, what, value)
        return web.Response(status=204)

    def _text(self, handset: Handset, body: str) -> None:
        """Reply to the newest SMS's sender."""
        messages, company = self._company.messages.all.values(), self._company
        sender = next((one.from_ for one in reversed(list(messages)) if one.to == handset.number), "")
        if sender and company.inbound_message_url:
            company.start(asyncio.create_task(_receive(company, handset.number, sender, body)))

    async def be_flagged(self, request: web.Request) -> web.StreamResponse:
        """Request that the demo's bank flags a transfer of the person with this phone."""
        wish = await _wish(request)
        guardian = str(wish.get("guardian", ""))
        if guardian and not _E164.fullmatch(guardian):
            raise RequestFault(21211, "not a number")
        self._bank.pop(self._handset(request).number, None)
        return self._ask_bank(request, wish, wants="flag", guardian=guardian)

    async def show_bank(self, request: web.Request) -> web.StreamResponse:
        """Take from the demo's bank what the service answered when it flagged the transfer."""
        self._bank[self._handset(request).number] = str((await _wish(request)).get("say", ""))[:MAX_WORDS]
        return web.Response(status=204)

    async def open_app(self, request: web.Request) -> web.StreamResponse:
        """Request that the bank's app on this phone tells whether the bank is calling."""
        wish = await _wish(request)
        return self._ask_bank(
            request,
            wish,
            wants="app",
            confirmed=bool(wish.get("confirmed")),
            screen_share=bool(wish.get("screen_share")),
        )

    async def show_app(self, request: web.Request) -> web.StreamResponse:
        """Take from the demo's bank what its app shows on this phone."""
        shown = await _wish(request)
        code = shown.get("call_code")
        self._app[self._handset(request).number] = {
            "say": str(shown.get("say", ""))[:MAX_WORDS],
            "code": None if code is None else str(code)[:MAX_CODE],
        }
        return web.Response(status=204)

    def _ask_bank(self, request: web.Request, wish: dict[str, Any], **what: Any) -> web.StreamResponse:
        if len(self._wishes) >= MAX_WISHES:
            raise RequestFault(20429, "too many wishes wait", 429)
        phone, locale = self._handset(request).number, str(wish.get("locale", "en"))[:8]
        self._wishes.append({"phone": phone, "locale": locale, **what})
        return web.Response(status=202)

    async def wishes(self, _request: web.Request) -> web.StreamResponse:
        """Return the requests for the demo's bank, each once."""
        taken, self._wishes = self._wishes, []
        return web.json_response(taken)

    def _handset(self, request: web.Request) -> Handset:
        number = request.match_info["number"]
        if not _E164.fullmatch(number):
            raise RequestFault(21211, "not a number")
        return self._company.handset(number)


def routes(company: Account) -> list[web.RouteDef]:
    page = PhonePage(company)
    return [
        web.get("/handset", page.page),
        web.get("/handset/{file}", page.file),
        web.get("/handset/{number}/state", page.state),
        web.post("/handset/{number}/act", page.act),
        web.post("/handset/{number}/flag", page.be_flagged),
        web.post("/handset/{number}/app", page.open_app),
        web.put("/handset/{number}/app", page.show_app),
        web.put("/handset/{number}/bank", page.show_bank),
        web.post("/_sim/wishes", page.wishes),
    ]


def _with_line(line: Line | None, what: object, value: str) -> None:
    if line is None or line.over:
        raise RequestFault(20404, "there is no call", 409)
    match what:
        case "answer":
            line.answer()
        case "reject":
            line.refuse("rejected")
        case "press" if value and set(value) <= set("0123456789*#"):
            line.press(value)
        case "say" if value:
            line.say(value)
        case "hang_up":
            line.hang_up()
        case _:
            raise RequestFault(20001, "a phone cannot do that")


async def _receive(company: Account, number: str, to: str, body: str) -> None:
    await company.messages.receive(number, to, body, Hook(url=company.inbound_message_url))


def _call(line: Line) -> dict[str, Any]:
    return {
        "sid": line.sid,
        "from": line.from_,
        "phase": line.phase,
        "status": line.status,
        "heard": line.transcript,
        "listening": line.listened,
        "done": [f"{kind} {what}" for kind, what in line.notes],
    }


async def _wish(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise RequestFault(20001, "acts are JSON", 415)
    try:
        wish = json.loads(await request.text())
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise RequestFault(20001, "acts are JSON objects")
    return wish
