"""The bank's systems: flag transfers at their own core, post to us until we answer, and remember what we promised."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from wakeup.bank.signing import signed_headers
from wakeup.runtime.clock import pause
from wakeup.simulator.clock import LoopClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.traffic import generate

Event = dict[str, Any]
TIMEOUT = ClientTimeout(total=10)
PATIENCE_S = 90.0
"""After this time the bank gives up posting; its core then holds the transfer by itself."""
AGAIN_S = (0.3, 3.0)
SHORTER = 0.35
"""Windows are shortened to this share of their usual length: more deadlines, and more faults near each of them."""
REFUSED_SOON = 0.3
"""Share of transfers whose holds end soon after the window, so that the end of a hold is simulated too."""
GUARDED = (0.8, 0.4)
"""More guardians than usual: share of customers with one guardian, and of those with two."""
GENUINE, MEANS_IT, MODEST = 0.3, "51", (20, 900)
"""More genuine payments than usual: the share of such customers, the last digits of their numbers, and their
amounts. Releases must meet faults too."""
EXTENDED, LABEL = "window_extended", "label"
NEWS = {"cancelled_in_app": 0.03, "confirmed_in_app": 0.2, "released": 0.01, EXTENDED: 0.15, LABEL: 0.1}
"""Share of transfers that get each kind of later news. A label says that the transfer was a scam."""
TURNS_OUT_S = 1500.0
"""Time after its window within which a transfer may be labelled a scam: most transfers that are released are
released by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A risk event that we answered with 2xx."""

    event: Event
    answered_at: datetime
    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Later news of a transfer from the bank."""

    at: datetime
    transfer_id: str
    body: dict[str, Any]


class Bank:
    """A bank that uses only our HTTP API."""

    def __init__(self, clock: LoopClock, core: PaymentCore, session: ClientSession, url: str, secret: str) -> None:
        self._clock, self._core, self._session, self._url, self._secret = clock, core, session, url, secret
        self.promises: dict[str, Promise] = {}
        """By transfer; the first answer counts."""
        self.faults: list[str] = []
        self.told_news: dict[str, list[tuple[datetime, str]]] = {}
        """By transfer: when which news was accepted."""

    async def flag(self, event: Event) -> None:
        """Post one risk event, from the moment it occurs until it is answered or given up."""
        await self._clock.sleep_until(datetime.fromisoformat(event["occurred_at"]))
        transfer = event["transfer"]
        self._core.register(transfer["id"], datetime.fromisoformat(transfer["decide_by"]))
        told = await self._tell("/v1/risk-events", event, event["event_id"])
        if told is None:
            return
        status, body = told
        if status not in {200, 202}:
            self.faults.append(f"{transfer['id']}: a good event was answered {status}")
            return
        standing = body.get("decision", {})
        if standing.get("decision") not in {"hold", "allow", "refuse"}:
            self.faults.append(f"{transfer['id']}: answered {status} without a standing decision")
        promise = Promise(event=event, answered_at=self._clock.now(), status=status, body=body)
        self.promises.setdefault(transfer["id"], promise)

    async def report(self, news: News) -> None:
        """Post news of a transfer in the same way."""
        await self._clock.sleep_until(news.at)
        if news.body["type"] == EXTENDED:
            self._core.extend(news.transfer_id, datetime.fromisoformat(news.body["decide_by"]))
        path = "/v1/labels" if news.body["type"] == LABEL else f"/v1/transfers/{news.transfer_id}/events"
        told = await self._tell(path, news.body, news.body["event_id"])
        if told is not None and told[0] in {200, 202}:
            self.told_news.setdefault(news.transfer_id, []).append((self._clock.now(), news.body["type"]))
        elif told is not None and told[0] != 409:
            self.faults.append(f"{news.transfer_id}: {news.body['type']} was answered {told[0]}")

    def labelled(self) -> dict[str, datetime]:
        """Return transfer → when its label was accepted."""
        return {name: at for name, told in self.told_news.items() for at, kind in told if kind == LABEL}

    async def _tell(self, path: str, body: dict[str, Any], message_id: str) -> tuple[int, dict[str, Any]] | None:
        """Post the same message until there is an answer below 500. Returns None when the bank gives up."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        dice = random.Random(f"bank-{message_id}")  # noqa: S311
        give_up = self._clock.now() + timedelta(seconds=PATIENCE_S)
        while self._clock.now() < give_up:
            headers = signed_headers([self._secret], message_id, self._clock.now(), raw)
            try:
                async with self._session.post(
                    self._url + path,
                    data=raw,
                    headers={"Content-Type": "application/json", **headers},
                    timeout=TIMEOUT,
                ) as answer:
                    if answer.status < 500:
                        return answer.status, await answer.json(content_type=None)
            except (ClientError, TimeoutError):
                pass
            await pause(dice.uniform(*AGAIN_S))
        return None


def day(cases: int, seed: int, start: datetime, over_s: float) -> tuple[list[Event], list[News]]:
    """Return the risk events and the news of a simulated day."""
    dice = random.Random(f"day-{seed}")  # noqa: S311
    events = list(generate(cases, seed, start, over_s, stories=True, guarded=GUARDED))
    for customer in {event["customer"]["id"]: event["customer"] for event in events}.values():
        if dice.random() < GENUINE:
            _mean_it([event for event in events if event["customer"]["id"] == customer["id"]], dice)
    seen: dict[str, Event] = {}
    for event in events:
        first = seen.setdefault(event["event_id"], event)
        if first is event:
            _shorten(event, dice)
    news = [one for event in seen.values() for one in _news(event, dice)]
    return events, news


def _mean_it(events: Sequence[Event], dice: random.Random) -> None:
    """Turn these events into genuine payments: the callee makes the payment themselves and says so, and only its
    cooling stands in the way."""
    for event in events:
        event["customer"] |= {"phone": event["customer"]["phone"][:-2] + MEANS_IT, "alternate_phones": []}
        event["transfer"] |= {"amount": f"{dice.randint(*MODEST)}.00"}
        event["risk"] |= {"tier": "medium", "score": 0.7, "typology": "purchase"}


def _shorten(event: Event, dice: random.Random) -> None:
    transfer = event["transfer"]
    begun, by = (datetime.fromisoformat(when) for when in (event["occurred_at"], transfer["decide_by"]))
    by = begun + (by - begun) * SHORTER
    transfer["decide_by"] = _iso(by)
    if dice.random() < REFUSED_SOON:
        transfer["hold_max"] = _iso(by + timedelta(seconds=dice.uniform(1, 600)))


def _news(event: Event, dice: random.Random) -> Iterator[News]:
    transfer = event["transfer"]
    begun, by = (datetime.fromisoformat(when) for when in (event["occurred_at"], transfer["decide_by"]))
    for kind, share in NEWS.items():
        if dice.random() < share:
            at = begun + (by - begun) * dice.uniform(0.05, 1.3)
            body = {
                "type": kind,
                "event_id": f"{kind}_{transfer['id']}",
                "transfer_id": transfer["id"],
                "occurred_at": _iso(at),
            }
            if kind == LABEL:
                at = by + timedelta(seconds=dice.uniform(0, TURNS_OUT_S))
                body |= {"label": "scam", "recovered": "0", "occurred_at": _iso(at)}
            if kind == EXTENDED:
                longer = by + timedelta(seconds=dice.uniform(20, 300))
                latest = max(longer, datetime.fromisoformat(transfer["hold_max"]))
                body |= {"decide_by": _iso(longer), "hold_max": _iso(latest)}
            yield News(at=at, transfer_id=transfer["id"], body=body)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
