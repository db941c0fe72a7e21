"""The HTTP client under the official library: one request, one answer. It never retries, follows redirects or logs."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

LIBRARY_LOGGER = logging.getLogger("twilio")


class AnswerError(Exception):
    """The phone company answered with a status other than 2xx. Holds no URL, no text and no phone number."""

    def __init__(self, status: int, code: int | None, retry_after_s: float | None) -> None:
        self.status, self.code, self.retry_after_s = status, code, retry_after_s
        super().__init__(f"status {status}, code {code}")


class StrayUrlError(Exception):
    """The library was about to send our secrets to a host other than the configured one."""


class OneShotHttp(AsyncHttpClient):  # type: ignore[misc]  # the library is untyped
    """The library's HTTP client over our own session, because its own retries POSTs and ignores timeouts.

    The session is opened by the first request, inside the running loop.
    """

    def __init__(
        self, base_url: str, connect_timeout_s: float, read_timeout_s: float, connector: aiohttp.BaseConnector | None
    ) -> None:
        super().__init__(LIBRARY_LOGGER, is_async=True)
        LIBRARY_LOGGER.setLevel(logging.WARNING)
        self._prefix = base_url.rstrip("/") + "/"
        self._read_timeout_s = read_timeout_s
        # No `total`: it can fire both while connecting and after sending, so it would prove nothing. `connect`,
        # unlike `sock_connect`, includes the DNS look-up, and always fires before a byte is sent.
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=connect_timeout_s, sock_connect=connect_timeout_s, sock_read=read_timeout_s
        )
        self._connector = connector
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - the library's signature
    ) -> Response:
        """Make one request. Raises AnswerError for any status but 2xx; aiohttp's errors pass through."""
        del timeout, allow_redirects
        if not uri.startswith(self._prefix):
            raise StrayUrlError
        # Written by hand, because aiohttp deprecates `auth=`.
        signed = {**(headers or {}), "Authorization": aiohttp.encode_basic_auth(*auth)} if auth else headers
        query: Any = params
        async with self._open().request(
            method, uri, params=query, data=data, headers=signed, allow_redirects=False
        ) as answer:
            async with asyncio.timeout(self._read_timeout_s):
                text = await answer.text(errors="replace")
        if not 200 <= answer.status < 300:
            raise AnswerError(answer.status, _code(text), _retry_after_s(answer.headers))
        return Response(answer.status, text, answer.headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        elif self._connector is not None:
            await self._connector.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # No keep-alive: a reused connection may be dead when the one POST needs it. The dispatcher has the
            # limit.
            connector = self._connector or aiohttp.TCPConnector(force_close=True, limit=0)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _code(body: str) -> int | None:
    """Return the provider's error code. Some compatible providers write it as a string."""
    try:
        problem = json.loads(body)
    except ValueError:
        return None
    code = str(problem.get("code")) if isinstance(problem, dict) else ""
    return int(code) if code.isascii() and code.isdigit() and len(code) <= 9 else None


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, from either form of Retry-After; a date is relative to the answer's Date."""
    text = headers.get("Retry-After", "")
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
