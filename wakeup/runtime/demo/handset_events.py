"""Flag the person who holds the handset in the browser: the demo's bank takes such requests from the simulator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientSession

from wakeup.domain.language import zh_or_en
from wakeup.runtime.clock import Clock, pause
from wakeup.runtime.feed.sending import SignedSender

LOOK_S = 0.5
WINDOW, HOLD = timedelta(minutes=30), timedelta(hours=24)
AGREED = timedelta(days=90)
"""How long ago the guardian consented: newer guardians carry no weight."""


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


async def grant(session: ClientSession, phone: str, sender: SignedSender, clock: Clock, look_s: float = LOOK_S) -> None:
    """Take requests each `look_s` seconds until cancelled, and send an event for each."""
    n = 0
    while True:
        try:
            async with session.post(f"{phone}/_sim/wishes") as answer:
                wishes = await answer.json()
        except (ClientError, OSError):
            wishes = []
        for wish in wishes:
            n += 1
            await sender.send([json.dumps(event_of(wish, n, clock.now()), ensure_ascii=False).encode()])
        await pause(look_s)
