"""Filters new connections by the first request, before aiohttp sees them.

In a flood of unsigned posts each one then costs only an open connection and a look at its head: no request object
is made, no form is parsed, no log line is written, and running conversations are not delayed. A connection that is
let in is served as if there were no filter. A head that comes in pieces is waited for: otherwise a flood of halves
would be let in.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TypeAlias

from aiohttp import web

from wakeup.bank.responses import PROBLEM_TYPE, problem
from wakeup.web.middleware import SAFE_HEADERS

HEAD_END = b"\r\n\r\n"
LET_IN, REFUSED = 0, -1
HeadFilter: TypeAlias = Callable[[bytes], int]
"""Looks at the first bytes of a connection. Returns LET_IN, REFUSED (with 403), or how many bytes it must have seen
to decide."""
HEAD_FILTER: web.AppKey[HeadFilter] = web.AppKey("head_filter")
CONTINUE = b"HTTP/1.1 100 Continue" + HEAD_END
_FIRST_LINE = re.compile(rb"[^\r\n]* HTTP/1\.1\r\n")
_ASKS_FIRST = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


class ConnectionFilter(asyncio.Protocol):
    """The filter of one connection. `serve` makes the protocol that takes over. A connection is closed that sends
    nothing for `silent_s` seconds, or has not sent what is needed `patience_s` seconds later. `done` is called when
    the filter's work is over, `spoke` when the client has begun its request and when its head is complete: not more
    often, so that nobody makes a connection look young by sending byte after byte."""

    __slots__ = (
        "_aborted", "_done", "_headed", "_heard", "_needed", "_patience_s", "_serve", "_silent_s", "_spoke", "_timer",
        "_transport", "_verdict",
    )  # fmt: skip

    def __init__(
        self,
        serve: Callable[[], asyncio.Protocol],
        verdict: HeadFilter,
        patience: tuple[float, float],
        done: Callable[[ConnectionFilter], None],
        spoke: Callable[[ConnectionFilter], None],
    ) -> None:
        self._serve, self._verdict, self._done, self._spoke = serve, verdict, done, spoke
        self._silent_s, self._patience_s = patience
        self._heard, self._needed, self._headed, self._aborted = b"", 1, False, False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._aborted:
            transport.abort()
            return
        self._wait(transport, self._silent_s)

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        begins = not self._heard
        self._heard += data
        if len(self._heard) >= self._needed:
            self._needed = self._verdict(self._heard)
        if self._needed > len(self._heard):
            if begins:
                self._wait(transport, self._patience_s)
                self._spoke(self)
            if not self._headed and HEAD_END in self._heard:
                self._headed = True
                self._spoke(self)
                self._ask_for_the_rest(transport)
            return
        self._go()
        if self._needed == REFUSED:
            transport.write(FORBIDDEN)
            transport.close()
            return
        within = self._serve()
        transport.set_protocol(within)
        within.connection_made(transport)
        within.data_received(self._heard)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the base's signature
        self._go()

    def abort(self) -> None:
        """Close the connection, because the server shuts down or another needs its place.

        One that the system has accepted, but of which asyncio has not told yet, is closed when it does.
        """
        self._aborted = True
        if self._transport is not None:
            self._transport.abort()

    def _ask_for_the_rest(self, transport: asyncio.Transport) -> None:
        """Answer `Expect: 100-continue`: without that the client may never send the form that is waited for. The
        header is taken out, because aiohttp would answer it again."""
        head, end, form = self._heard.partition(HEAD_END)
        plain = _ASKS_FIRST.sub(b"", head + b"\r\n").removesuffix(b"\r\n")
        if len(plain) < len(head) and _FIRST_LINE.match(head):
            transport.write(CONTINUE)
            self._heard, self._needed = plain + end + form, self._needed - len(head) + len(plain)

    def _wait(self, transport: asyncio.Transport, seconds: float) -> None:
        self._stop_waiting()
        self._timer = asyncio.get_running_loop().call_later(seconds, transport.abort)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _go(self) -> None:
        self._stop_waiting()
        self._done(self)


class NoRoom(asyncio.Protocol):
    """Closes a connection at once: as many as may be open have been let in."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


def _forbidden() -> bytes:
    body = problem(403).model_dump_json(exclude_defaults=True).encode()
    headers = {**SAFE_HEADERS, "Content-Type": PROBLEM_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
    lines = ["HTTP/1.1 403 Forbidden", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + HEAD_END + body


FORBIDDEN = _forbidden()
