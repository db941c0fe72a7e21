"""What each answer of the payment core means for a decision being delivered, over real sockets on loopback."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from wakeup.bank.core_client import TIMEOUT, HttpPaymentCore, classify, seconds_of, url_fault
from wakeup.bank.signing import verify
from wakeup.usecases.ports import Delivery, Envelope, Receipt

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SECRETS = ["whsec_" + base64.b64encode(letter * 24).decode() for letter in (b"a", b"b")]
ENVELOPE = Envelope(message_id="msg_1", body='{"decision":"hold","to":"陈"}'.encode())
D, R, G = Receipt.DELIVERED, Receipt.RETRY, Receipt.GONE


def against(answer: Callable[[web.Request], Awaitable[web.StreamResponse]], act: Callable[[str], Awaitable[T]]) -> T:
    """Run `act` with the URL of a core that gives this answer."""

    async def story() -> T:
        app = web.Application()
        app.router.add_post("/decisions", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        try:
            return await act(f"http://{host}:{port}/decisions")
        finally:
            await runner.cleanup()

    return asyncio.run(story())


async def deliver(url: str, envelope: Envelope = ENVELOPE, timeout: ClientTimeout = TIMEOUT) -> Delivery:  # noqa: ASYNC109
    async with ClientSession() as session:
        return await HttpPaymentCore(session, url, SECRETS, timeout=timeout).deliver(envelope, NOW)


def answering(status: int, headers: dict[str, str] | None = None) -> Delivery:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers)

    return against(answer, deliver)


@pytest.mark.parametrize(
    ("status", "receipt"),
    [
        *[(status, D) for status in (200, 202, 204)],
        *[(status, R) for status in (301, 307, 401, 403, 404, 408, 425, 429, 500, 502, 503)],
        *[(status, G) for status in (400, 405, 409, 410, 413, 422)],
    ],
)
def test_the_http_status_decides_what_becomes_of_a_message(status: int, receipt: Receipt) -> None:
    headers = {"Location": "/elsewhere"} if 300 <= status < 400 else None
    delivery = answering(status, headers)
    assert (delivery.receipt, delivery.status) == (receipt, status)


def test_the_message_is_signed_with_every_secret() -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        ids = [verify([secret], request.headers, body, NOW) for secret in SECRETS]
        seen.append((ids[0], request.content_type, body))
        return web.Response()

    assert against(answer, deliver).receipt is D
    assert seen == [("msg_1", "application/json", ENVELOPE.body)]


def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": str(request.url.with_query("again=1"))})

    assert against(answer, deliver).receipt is R
    assert seen == ["/decisions"]


def test_a_payment_core_that_does_not_listen_is_no_error() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response()

    url = against(answer, _same)
    assert asyncio.run(deliver(url)) == Delivery(receipt=R)


async def _same(url: str) -> str:
    return url


def test_an_answer_broken_off_is_tried_again() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert against(answer, deliver) == Delivery(receipt=R)


def test_a_core_that_never_answers_is_given_up() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    soon = ClientTimeout(total=0.05)
    assert against(answer, lambda url: deliver(url, timeout=soon)) == Delivery(receipt=R)
    assert TIMEOUT.total == 15


def test_a_delivered_message_stays_delivered_when_the_answer_never_ends() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        await asyncio.Event().wait()
        return response

    assert against(answer, deliver).receipt is D


def test_a_message_that_can_never_be_sent_counts_as_gone() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        raise AssertionError

    for envelope in (Envelope(message_id="m", body=b"\xff"), Envelope(message_id="m\r\nx: y", body=b"{}")):
        assert against(answer, partial(deliver, envelope=envelope)) == Delivery(receipt=G)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("99999999999999", 3600.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Sun, 22 Nov 2026 09:30:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2099 09:00:00 GMT", 3600.0),
        ("Sun, 99 Nov 2026 09:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_up_to_an_hour(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds
    assert classify(503, header, NOW).retry_after_s == seconds


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://core.example/decisions", True),
        ("http://127.0.0.1:9/x", True),
        ("http://[::1]:9/x", True),
        ("http://localhost/x", True),
        ("http://core.example/decisions", False),
        ("http://localhost.example/x", False),
        ("ftp://127.0.0.1/x", False),
        ("/decisions", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_plain_http_is_for_loopback(url: str, good: bool) -> None:
    assert (url_fault(url) is None) is good


def test_the_body_never_shows_in_print() -> None:
    assert "陈" not in repr(ENVELOPE)
