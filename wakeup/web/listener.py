"""How an application is served: no access log, no decompression, a time limit for heads, problem JSON for bad HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from wakeup.bank.responses import problem
from wakeup.web.connection_filter import HEAD_FILTER, ConnectionFilter, HeadFilter, NoRoom
from wakeup.web.middleware import SAFE_HEADERS
from wakeup.web.problems import ProblemAnswer, response_of

HEAD_SECONDS = 10.0
"""For the head of a request, counted from the opening of the connection or from the response before. So this is
also the longest idle time."""
SILENT_SECONDS = 3.0
"""For the first byte, where a connection filter protects a listener that is open to strangers."""
NOT_HTTP = (
    "the request is not valid HTTP, or has an unknown method or more than 128 headers, or its address or one of its "
    "headers is longer than 8 KiB"
)
EXPECTATION = "the only expectation is 100-continue"
LINGER_SECONDS = 1.0
"""How long an unread body is read and discarded, so that its sender sees why it was refused."""
SHUTDOWN_SECONDS = 10.0
AT_ONCE, MAY_WAIT = 1, 256
"""Connections accepted in one turn of the loop, and connections that the system queues meanwhile.

asyncio accepts as many at once as may be queued. A flood of them would then delay every conversation at each step.
"""


class _Connection(web.RequestHandler):
    """Answers invalid HTTP in our own words. aiohttp would answer with the offending line and log it, and that line
    may contain a name or a number."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002 - the base's signature
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already")
        return response_of(
            ProblemAnswer(problem(status, NOT_HTTP if status == 400 else None), SAFE_HEADERS, close=True)
        )


def _without_expectations(handle: Handler) -> Handler:
    """Answer an Expect header that is not 100-continue in our own words. aiohttp refuses it in front of every
    middleware, and would repeat it."""

    async def handled(request: web.Request) -> web.StreamResponse:
        try:
            return await handle(request)
        except web.HTTPExpectationFailed as failed:
            return response_of(ProblemAnswer(problem(failed.status, EXPECTATION), SAFE_HEADERS, close=True))

    return handled


class _Server(web.Server):
    """`head_filter` is the application's connection filter. At most `most` connections are open at a time."""

    def __init__(self, *args: Any, head_filter: HeadFilter | None, most: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_filter, self._most = head_filter, most
        # In the order in which they came.
        self._filtering: dict[ConnectionFilter, None] = {}

    def __call__(self) -> asyncio.Protocol:  # type: ignore[override]  # the connection filter is not a handler
        if self._head_filter is None:
            return self._serve()
        if self._most is not None and len(self._filtering) + len(self._connections) >= self._most:
            # Who has waited longest without a request is the least likely to have one.
            oldest = next(iter(self._filtering), None)
            if oldest is None:
                return NoRoom()
            self._forget(oldest)
            oldest.abort()
        patience = SILENT_SECONDS, HEAD_SECONDS
        connection = ConnectionFilter(self._serve, self._head_filter, patience, self._forget)
        self._filtering[connection] = None
        return connection

    def _forget(self, connection: ConnectionFilter) -> None:
        self._filtering.pop(connection, None)

    def _serve(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)

    async def shutdown(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the base's signature
        for connection in tuple(self._filtering):
            connection.abort()
        await super().shutdown(timeout)


class HttpListener(web.AppRunner):
    """An AppRunner with our limits. With `leave_early`, a handler is cancelled when its client has gone (long
    polls). `most` limits the connections of an application with a connection filter."""

    def __init__(self, app: web.Application, *, leave_early: bool = False, most: int | None = None) -> None:
        self._most = most
        options: dict[str, Any] = {
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": HEAD_SECONDS,
            "lingering_time": LINGER_SECONDS,
            "handler_cancellation": leave_early,
        }
        super().__init__(app, shutdown_timeout=SHUTDOWN_SECONDS, **options)

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            _without_expectations(made.request_handler),
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            head_filter=self.app.get(HEAD_FILTER),
            most=self._most,
            loop=made._loop,  # noqa: SLF001 - aiohttp has no other way to name the protocol
            **made._kwargs,  # noqa: SLF001
        )

    async def listen(self, host: str, port: int) -> None:
        """Accept connections on this address. Raises OSError when it is not available."""
        site = web.TCPSite(self, host, port, backlog=AT_ONCE)
        await site.start()
        for ears in site._server.sockets:  # type: ignore[union-attr]  # noqa: SLF001 - the server has started
            # A listener in memory has no system socket, and there nothing waits.
            if hasattr(ears, "fileno"):
                with socket.socket(fileno=os.dup(ears.fileno())) as same:
                    same.listen(MAY_WAIT)
