"""Filters new connections by the first request, before aiohttp sees them.

In a flood of unsigned posts each one then costs only an open connection and a look at its head: no request object
is made, no form is parsed, no log line is written, and running conversations are not delayed. A connection that is
let in is served as if there were no filter. A head that comes in pieces is waited for: otherwise a flood of halves
would be let in.
"""

from __future__ import annotations

import asyncio
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


class ConnectionFilter(asyncio.Protocol):
    """The filter of one connection. `serve` makes the protocol that takes over. A connection is closed that sends
    nothing for `silent_s` seconds, or has not sent what is needed `patience_s` seconds later."""

    __slots__ = ("_done", "_heard", "_needed", "_patience_s", "_serve", "_silent_s", "_timer", "_transport", "_verdict")

    def __init__(
        self,
        serve: Callable[[], asyncio.Protocol],
        verdict: HeadFilter,
        patience: tuple[float, float],
        done: Callable[[ConnectionFilter], None],
    ) -> None:
        self._serve, self._verdict, self._done = serve, verdict, done
        self._silent_s, self._patience_s = patience
        self._heard, self._needed = b"", 1
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._wait(self._silent_s)

    def data_received(self, data: bytes) -> None:
        begins = not self._heard
        self._heard += data
        if len(self._heard) >= self._needed:
            self._needed = self._verdict(self._heard)
        if self._needed > len(self._heard):
            if begins:
                self._timer.cancel()
                self._wait(self._patience_s)
            return
        self._go()
        if self._needed == REFUSED:
            self._transport.write(FORBIDDEN)
            self._transport.close()
            return
        within = self._serve()
        self._transport.set_protocol(within)
        within.connection_made(self._transport)
        within.data_received(self._heard)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the base's signature
        self._go()

    def abort(self) -> None:
        """Close the connection, because the server shuts down or another needs its place."""
        self._transport.abort()

    def _wait(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def _go(self) -> None:
        self._timer.cancel()
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
