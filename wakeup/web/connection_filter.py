"""Filters new connections by the first request head, before aiohttp sees them.

In a flood of unsigned posts each one then costs only an open connection and a look at its head: no request object
is made, no body is read, no log line is written, and running conversations are not delayed. A connection that is
let in is served as if there were no filter. A head that comes in pieces is let in, and is refused later if
necessary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from aiohttp import web

from wakeup.bank.responses import PROBLEM_TYPE, problem
from wakeup.web.middleware import SAFE_HEADERS

HEAD_END = b"\r\n\r\n"
HeadFilter: TypeAlias = Callable[[bytes], bool]
"""True if the connection that begins with these bytes is to be refused with 403."""
HEAD_FILTER: web.AppKey[HeadFilter] = web.AppKey("head_filter")


class ConnectionFilter(asyncio.Protocol):
    """The filter of one connection. `serve` makes the protocol that takes over; a silent connection is closed
    after `patience_s` seconds."""

    __slots__ = ("_done", "_patience_s", "_refuses", "_serve", "_timer", "_transport")

    def __init__(
        self,
        serve: Callable[[], asyncio.Protocol],
        refuses: HeadFilter,
        patience_s: float,
        done: Callable[[ConnectionFilter], None],
    ) -> None:
        self._serve, self._refuses, self._patience_s, self._done = serve, refuses, patience_s, done
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._timer = asyncio.get_running_loop().call_later(self._patience_s, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._go()
        if self._refuses(data):
            self._transport.write(FORBIDDEN)
            self._transport.close()
            return
        within = self._serve()
        self._transport.set_protocol(within)
        within.connection_made(self._transport)
        within.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the base's signature
        self._go()

    def abort(self) -> None:
        """Close the connection, because the server shuts down."""
        self._transport.abort()

    def _go(self) -> None:
        self._timer.cancel()
        self._done(self)


def _forbidden() -> bytes:
    body = problem(403).model_dump_json(exclude_defaults=True).encode()
    headers = {**SAFE_HEADERS, "Content-Type": PROBLEM_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
    lines = ["HTTP/1.1 403 Forbidden", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + HEAD_END + body


FORBIDDEN = _forbidden()
