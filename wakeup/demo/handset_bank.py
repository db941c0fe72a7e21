"""The demo's bank for people who hold a handset in the browser: their transfers, and the bank's app on their phone."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession

from wakeup.domain.language import zh_or_en
from wakeup.feed.sending import FeedStoppedError, SignedSender, Verdict
from wakeup.runtime.clock import pause

LOOK_S = 0.5
WINDOW, HOLD = timedelta(minutes=30), timedelta(hours=24)
AGREED = timedelta(days=90)
"""How long ago the guardian consented: newer guardians carry no weight."""
NO_CUSTOMER = {
    "en": "This number belongs to no customer yet: press “Start a scam payment” first.",
    "zh": "这个号码还不属于任何客户：请先按 Start a scam payment。",
}
AWAY = {"en": "The app cannot reach the bank. Try again.", "zh": "应用暂时连不上银行，请再试一次。"}


def event_of(wish: Mapping[str, Any], n: int, now: datetime) -> dict[str, Any]:
    """Return a risk event about the person with this number."""
    english = zh_or_en(str(wish["locale"])) == "en"
    stamp = now.isoformat().replace("+00:00", "Z")
    return {
        "event_id": f"evt_handset_{n}",
        "occurred_at": stamp,
        "customer": {
            "id": f"u_handset_{n}",
            "phone": wish["phone"],
            "alternate_phones": [],
            "name": "Alex Tan" if english else "陈安",
            "locale": "en" if english else "zh-CN",
            "timezone": "Asia/Singapore",
            "birth_year": 1961,
        },
        "transfer": {
            "id": f"t_handset_{n}",
            "amount": "18800.00",
            "currency": "SGD",
            "payee": {
                "name": "Star Invest" if english else "星投资",
                "account": f"000-{n:06}",
                "bank": "DBS",
                "phone": None,
            },
            "created_at": stamp,
            "decide_by": (now + WINDOW).isoformat().replace("+00:00", "Z"),
            "hold_max": (now + HOLD).isoformat().replace("+00:00", "Z"),
        },
        "risk": {
            "tier": "critical",
            "score": 0.97,
            "typology": "fake_invest",
            "signals": ["new_payee"],
            "model": "demo",
        },
        "guardians": _guardians(wish, n, now),
    }


def _guardians(wish: Mapping[str, Any], n: int, now: datetime) -> list[dict[str, Any]]:
    """Return a daughter, a guardian for long enough, on another phone of the simulator."""
    if not wish.get("guardian"):
        return []
    english = zh_or_en(str(wish["locale"])) == "en"
    return [
        {
            "id": f"g_handset_{n}",
            "name": "Mia Tan" if english else "陈美",
            "phone": wish["guardian"],
            "locale": "en" if english else "zh-CN",
            "relation": "daughter",
            "consented_at": (now - AGREED).isoformat().replace("+00:00", "Z"),
        }
    ]


def told_of(verdict: Verdict) -> str:
    """Say what the service answered. Whether a number may be called it does not know before it calls."""
    if verdict.status < HTTPStatus.BAD_REQUEST:
        return (
            f"The service answered {verdict.status}: the payment is on hold. If nothing rings, the timeline of its case"
            " in the console says why."
        )
    reasons = "; ".join(f"{field} {reason}".strip() for field, reason in verdict.faults)
    return f"The service answered {verdict.status} and flagged nothing: {reasons or 'it gave no reason'}."


class HandsetBank:
    """The bank of the people who hold a handset: it flags their transfers, and its app tells whether it is calling.

    The phone company collects what they request.
    """

    def __init__(
        self,
        session: ClientSession,
        phone: str,
        api: str,
        bearer: str,
        sender: SignedSender,
        now: Callable[[], datetime],
    ) -> None:
        self._session, self._phone, self._api, self._bearer = session, phone, api, bearer
        self._sender, self._now = sender, now
        self._flagged = 0
        self._users: dict[str, str] = {}
        """User id of the person with each number; each request to be flagged is that of a new person."""

    async def serve(self, look_s: float = LOOK_S) -> None:
        """Serve requests every `look_s` seconds until cancelled."""
        while True:
            for wish in await self._wishes():
                await (self._show_app(wish) if wish["wants"] == "app" else self._flag(wish))
            await pause(look_s)

    async def _wishes(self) -> list[dict[str, Any]]:
        try:
            async with self._session.post(f"{self._phone}/_sim/wishes") as answer:
                return list(await answer.json())
        except (ClientError, OSError):
            return []

    async def _flag(self, wish: Mapping[str, Any]) -> None:
        self._flagged += 1
        event = event_of(wish, self._flagged, self._now())
        self._users[wish["phone"]] = event["customer"]["id"]
        try:
            [verdict] = await self._sender.send([json.dumps(event, ensure_ascii=False).encode()])
            told = told_of(verdict)
        except FeedStoppedError as stopped:
            told = f"The payment was not flagged: {stopped}."
        # A page that is not told shows what it showed before; the person presses again.
        with contextlib.suppress(ClientError, OSError):
            await self._session.put(f"{self._phone}/handset/{wish['phone']}/bank", json={"say": told})

    async def _show_app(self, wish: Mapping[str, Any]) -> None:
        user = self._users.get(wish["phone"])
        language = zh_or_en(str(wish["locale"]))
        shown = {"say": NO_CUSTOMER[language]} if user is None else await self._call_status(user, wish, language)
        # A page that is not told shows what it showed before; the person presses again.
        with contextlib.suppress(ClientError, OSError):
            await self._session.put(f"{self._phone}/handset/{wish['phone']}/app", json=shown)

    async def _call_status(self, user: str, wish: Mapping[str, Any], language: str) -> dict[str, Any]:
        asked = {name: str(wish[name]).lower() for name in ("confirmed", "screen_share")} | {"language": language}
        url, headers = f"{self._api}/v1/users/{user}/call-status", {"Authorization": f"Bearer {self._bearer}"}
        try:
            async with self._session.get(url, params=asked, headers=headers) as answer:
                answer.raise_for_status()
                return dict(await answer.json())
        except (ClientError, OSError):
            return {"say": AWAY[language]}
