"""Wraps every request: request id, one log line, metrics, errors as problem JSON, and safe headers.

The log line names the route by its template, because paths contain the bank's ids and queries may contain
anything.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from wakeup.bank.responses import problem
from wakeup.web.client_address import is_proxy
from wakeup.web.parts import Parts
from wakeup.web.problems import ProblemAnswer, answer_to, response_of

FACTS = web.RequestKey("facts", dict[str, Any])
REQUEST_ID = "X-Request-Id"
NO_ROUTE, FORBIDDEN = "none", 403
GONE = 499
"""Status logged when the client left before it was answered."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
SAFE_HEADERS = {
    "Server": "wakeup",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def note(request: web.Request, **facts: Any) -> None:
    """Add ids and enums to the request's log line. Never personal data."""
    request[FACTS].update(facts)


def request_middleware(parts: Parts, *, to_strangers: bool = False) -> Middleware:
    """Return the one middleware of an application. Of one that is open `to_strangers`, refused requests are counted
    but not logged, and lose their connection: otherwise anyone could fill the disk."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        begun = parts.monotonic()
        request_id = _request_id(request, parts)
        request[FACTS] = {}
        try:
            response = await handler(request)
        except asyncio.CancelledError:
            _log_request(request, parts, GONE, begun, request_id)
            raise
        except Exception as error:  # noqa: BLE001 - outermost handler: answered with a 500 without details
            response = _response_to(error, request, parts, request_id)
        headers = response.headers
        for name, value in SAFE_HEADERS.items():
            headers.setdefault(name, value)
        headers[REQUEST_ID] = request_id
        strange = to_strangers and (response.status == FORBIDDEN or route_of(request) == NO_ROUTE)
        if strange:
            response.force_close()
        _log_request(request, parts, response.status, begun, request_id, quietly=strange)
        return response

    return handle


def _response_to(error: Exception, request: web.Request, parts: Parts, request_id: str) -> web.Response:
    answer = answer_to(error)
    if answer is None:
        parts.log.error("request_failed", route=route_of(request), request=request_id, exc_info=error)
        answer = ProblemAnswer(problem(500))
    return response_of(answer)


def route_of(request: web.Request) -> str:
    """Return the template of the route. All unknown paths share one name."""
    resource = request.match_info.route.resource
    return NO_ROUTE if resource is None else resource.canonical


def _log_request(
    request: web.Request, parts: Parts, status: int, begun: float, request_id: str, *, quietly: bool = False
) -> None:
    seconds = parts.monotonic() - begun
    route, method = route_of(request), request.method
    known = NO_ROUTE if route == NO_ROUTE else method
    parts.metrics.answered(route, known, status, seconds)
    if quietly:
        return
    parts.log.info(
        "request",
        route=route,
        method=known,
        status=status,
        ms=round(seconds * 1000, 2),
        request=request_id,
        **request[FACTS],
    )


def _request_id(request: web.Request, parts: Parts) -> str:
    given = request.headers.get(REQUEST_ID)
    if given and _REQUEST_ID.fullmatch(given) and is_proxy(request, parts.proxies):
        return given
    return parts.ids.new("req")
