"""How an application is served: no access log, no decompression, a time limit for heads, problem JSON for bad HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

from aiohttp import EMPTY_PAYLOAD, StreamReader, web
from aiohttp.typedefs import Handler

from wakeup.bank.responses import problem
from wakeup.web.connection_filter import HEAD_FILTER, ConnectionFilter, HeadFilter, NoRoom
from wakeup.web.middleware import SAFE_HEADERS
from wakeup.web.parts import PARTS
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
    may contain a name or a number. `spoke` is called for all that arrives."""

    __slots__ = ("_body", "_ended", "_spoke")

    def __init__(self, *args: Any, spoke: Callable[[_Connection], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._spoke = spoke
        self._body: StreamReader | None = None
        """Of the newest request, until its handler is done."""
        self._ended = False
        """Whether the sender sends nothing more."""

    @property
    def idle(self) -> bool:
        """Whether its last answer is sent and no further request has arrived whole."""
        # What aiohttp itself asks before it closes an idle connection. It has no public name for it: its count of
        # requests does not say whose they are, and a request is over before its answer is sent.
        waiter = self._waiter
        return waiter is not None and not waiter.done()

    def abort(self) -> None:
        """Close the connection, because another needs its place."""
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._spoke(self)
        super().data_received(data)
        # aiohttp has no public name for the requests that wait to be handled, each with its body.
        if self._messages:
            self._body = self._messages[-1][1]

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio asks whether to leave the connection open
        """Leave a connection open until the request is answered that came with a body, whole or broken off: its sender
        listens. Who asks without one, as for a long poll, has gone."""
        body = self._body
        if body is None or body is EMPTY_PAYLOAD:
            return False
        self._ended = True
        if not body.is_eof():
            body.set_exception(ConnectionResetError("the body broke off"))
        return True

    def leave_unread(self, body: StreamReader) -> None:
        """The handler reads no more of this body. aiohttp only discards what still comes of it, and would log with a
        traceback that it breaks off, though anybody can let it."""
        if body is self._body:
            self._body = None
            if self._ended:
                self.close()
        if body.exception() is not None:
            body.feed_eof()

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


def _without_leftovers(handle: Handler) -> Handler:
    """Tell the connection when a handler has read all it wants of a body."""

    async def handled(request: web.Request) -> web.StreamResponse:
        try:
            return await handle(request)
        finally:
            if isinstance(request.protocol, _Connection):
                request.protocol.leave_unread(request.content)

    return handled


class _Server(web.Server):
    """`head_filter` is the application's connection filter. At most `most` connections are open at a time. `cut` is
    told which one had no room."""

    def __init__(
        self, *args: Any, head_filter: HeadFilter | None, most: int | None, cut: Callable[[str], None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._head_filter, self._most, self._cut = head_filter, most, cut
        # Who has been silent longest comes first.
        self._filtering: dict[ConnectionFilter, None] = {}
        self._served: dict[web.RequestHandler, None] = {}

    def __call__(self) -> asyncio.Protocol:  # type: ignore[override]  # the connection filter is not a handler
        if self._head_filter is None:
            return self._serve()
        if self._most is not None and len(self._filtering) + len(self._served) >= self._most and not self._make_room():
            return NoRoom()
        patience = SILENT_SECONDS, HEAD_SECONDS
        connection = ConnectionFilter(self._serve, self._head_filter, patience, self._forget, self._begun)
        self._filtering[connection] = None
        return connection

    def _make_room(self) -> bool:
        """Close the connection that is the least likely to bring a request; False if each has one under way.

        That is the one that has waited longest without a whole request. After those come the idle ones: who keeps
        theirs open opens another when it is gone, while a new one that is refused is lost, unseen by anybody.
        """
        waiting = next(iter(self._filtering), None)
        if waiting is not None:
            self._forget(waiting)
            waiting.abort()
            self._cut("waiting")
            return True
        idle = next((one for one in self._served if isinstance(one, _Connection) and one.idle), None)
        if idle is None:
            self._cut("new")
            return False
        del self._served[idle]
        idle.abort()
        self._cut("idle")
        return True

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        self._served[handler] = None
        super().connection_made(handler, transport)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        self._served.pop(handler, None)
        super().connection_lost(handler, exc)

    def _begun(self, connection: ConnectionFilter) -> None:
        if connection in self._filtering:
            self._filtering[connection] = self._filtering.pop(connection)

    def _spoke(self, connection: _Connection) -> None:
        if connection in self._served:
            self._served[connection] = self._served.pop(connection)

    def _forget(self, connection: ConnectionFilter) -> None:
        self._filtering.pop(connection, None)

    def _serve(self) -> web.RequestHandler:
        return _Connection(self, spoke=self._spoke, loop=self._loop, **self._kwargs)

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
            _without_leftovers(_without_expectations(made.request_handler)),
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            head_filter=self.app.get(HEAD_FILTER),
            most=self._most,
            cut=self._cut,
            loop=made._loop,  # noqa: SLF001 - aiohttp has no other way to name the protocol
            **made._kwargs,  # noqa: SLF001
        )

    def _cut(self, which: str) -> None:
        self.app[PARTS].metrics.connections_cut.labels(which).inc()

    async def listen(self, host: str, port: int) -> None:
        """Accept connections on this address. Raises OSError when it is not available."""
        site = web.TCPSite(self, host, port, backlog=AT_ONCE)
        await site.start()
        for ears in site._server.sockets:  # type: ignore[union-attr]  # noqa: SLF001 - the server has started
            # A listener in memory has no system socket, and there nothing waits.
            if hasattr(ears, "fileno"):
                with socket.socket(fileno=os.dup(ears.fileno())) as same:
                    same.listen(MAY_WAIT)
