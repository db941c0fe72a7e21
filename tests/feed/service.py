"""A stand-in for the running service: takes signed batches over loopback, and remembers what it took."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession, web

from tests.bank.bodies import event, raw
from wakeup.bank.parse import Parsed, parse_batch
from wakeup.bank.responses import BatchAnswer, BatchItem, problem
from wakeup.bank.schemas import RiskEvent
from wakeup.bank.signing import BadSignature, verify
from wakeup.feed.feeding import FeedPlan, FeedReport, Hook, feed_file
from wakeup.feed.mapping import Mapping
from wakeup.feed.sending import Sender, SignedSender, Verdict

T = TypeVar("T")
SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time passes only when somebody sleeps."""

    at: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep_until(self, at: datetime) -> None:
        self.slept.append((at - self.at).total_seconds())
        self.at = max(self.at, at)


@dataclass
class Service:
    clock: FakeClock
    secret: str = SECRET
    kept: dict[str, str] = field(default_factory=dict)
    """Event id -> content hash."""
    events: list[RiskEvent] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    troubles: deque[tuple[int, str | None]] = field(default_factory=deque)
    """Status and Retry-After of the next answers, before it is well again."""
    item_troubles: deque[int] = field(default_factory=deque)
    batches: int = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.batches += 1
        if self.troubles:
            status, retry_after = self.troubles.popleft()
            headers = {"Location": str(request.url), **({"Retry-After": retry_after} if retry_after else {})}
            return web.Response(status=status, headers=headers)
        try:
            verify([self.secret], request.headers, body, self.clock.now())
        except BadSignature:
            return web.Response(status=401)
        parsed = parse_batch(body, now=self.clock.now())
        items = tuple(self._one(index, event) for index, event in enumerate(parsed))
        return web.Response(text=BatchAnswer(results=items).model_dump_json(), content_type="application/json")

    def _one(self, index: int, parsed: Any) -> BatchItem:
        if self.item_troubles:
            return BatchItem(index=index, status=self.item_troubles.popleft())
        if not isinstance(parsed, Parsed):
            return BatchItem(index=index, status=422, problem=problem(422, faults=parsed.faults))
        before = self.kept.get(parsed.body.event_id)
        if before is None:
            self.kept[parsed.body.event_id] = parsed.content_hash
            self.events.append(parsed.body)
            self.times.append(self.clock.now())
            return BatchItem(index=index, status=202)
        if before == parsed.content_hash:
            return BatchItem(index=index, status=200)
        return BatchItem(index=index, status=409, problem=problem(409, "the id is known with other content"))


def with_service(service: Service, act: Callable[[SignedSender], Awaitable[T]], **sender: Any) -> T:
    async def story() -> T:
        app = web.Application(client_max_size=1 << 22)
        app.router.add_post("/v1/risk-events/batch", service.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        try:
            async with ClientSession() as session:
                url = sender.pop("url", f"http://{host}:{port}")
                secret = sender.pop("secret", SECRET)
                return await act(SignedSender(session, url, secret, service.clock, **sender))
        finally:
            await runner.cleanup()

    return asyncio.run(story())


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Dying:
    """A sender whose process is killed when the service has taken its n-th batch, before anything else is done."""

    sender: Sender
    batches: int

    async def send(self, events: Sequence[bytes]) -> list[Verdict]:
        verdicts = await self.sender.send(events)
        self.batches -= 1
        if self.batches == 0:
            raise Killed
        return verdicts


def feed(
    path: Path,
    service: Service,
    *,
    mapping: Mapping | None = None,
    checkpoint: Path | None = None,
    tries: int = 8,
    dies_after: int = 0,
    progress: Callable[[FeedReport], None] | None = None,
    on_event: Hook | None = None,
    **plan: Any,
) -> FeedReport:
    """One run of `wakeup feed` against the service; its checkpoint lies beside the file unless told otherwise."""
    whole = FeedPlan(file=path, mapping=mapping, checkpoint=checkpoint or path.with_suffix(".checkpoint"), **plan)

    async def act(sender: Sender) -> FeedReport:
        taker = Dying(sender, dies_after) if dies_after else sender
        return await feed_file(whole, taker, service.clock, progress=progress, on_event=on_event)

    return with_service(service, act, tries=tries)


def ndjson(path: Path, count: int, **changes: Any) -> Path:
    """A file of so many good events."""
    events = [
        event({"event_id": f"e{n}", "transfer.id": f"t{n}", "customer.id": f"u{n}", **changes}) for n in range(count)
    ]
    path.write_bytes(b"".join(raw(one) + b"\n" for one in events))
    return path
