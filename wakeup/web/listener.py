"""How an application is served: no access log, no inflating, ten seconds for a head, and problems even for noise."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from wakeup.bank.answers import problem
from wakeup.web.middleware import SAFE_HEADERS
from wakeup.web.problems import Answer, response_of

HEAD_SECONDS = 10.0
"""For the head of a request, from the opening of the connection or the answer before; so also the longest idle time."""
LINGER_SECONDS = 1.0
"""How long an unread body is swallowed, so that its sender sees why it was refused."""
SHUTDOWN_SECONDS = 10.0


class _Connection(web.RequestHandler):
    """aiohttp answers what is no HTTP with the offending line, and logs it: it may hold a name or a number."""

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
        return response_of(Answer(problem(status), SAFE_HEADERS, close=True))


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class Listener(web.AppRunner):
    """An AppRunner with our limits. `leave_early`: a handler is cancelled when its client has gone (long polls)."""

    def __init__(self, app: web.Application, *, leave_early: bool = False) -> None:
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
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=made._loop,  # noqa: SLF001 - aiohttp has no other way to name the protocol
            **made._kwargs,  # noqa: SLF001
        )
