"""Reads request bodies: limited in size and time, of the right content type, never decompressed."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from wakeup.web.problems import Refusal

BODY_LIMIT = 64 * 1024
BATCH_LIMIT = 2 * 1024 * 1024
BODY_SECONDS = 10.0
JSON_TYPE = "application/json"
_UTF_8 = frozenset({"utf-8", "utf8"})
FORM_TYPE = "application/x-www-form-urlencoded"


async def read_body(request: web.Request, content_type: str, limit: int = BODY_LIMIT) -> bytes:
    """Return the raw body. Raises Refusal: 413, 415, 408 when it does not come within 10 s, 400 when it breaks off."""
    expect_body(request, content_type, limit)
    content = request.content
    try:
        if content.is_eof():
            body = content.read_nowait()
        else:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _rest(request, limit)
    except TimeoutError:
        raise Refusal(408, "the body did not come in time", close=True) from None
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
        raise Refusal(400, "the body broke off", close=True) from None
    if len(body) > limit:
        raise too_large(limit)
    return body


def expect_body(request: web.Request, content_type: str, limit: int = BODY_LIMIT) -> None:
    """Raise Refusal for a body that its head shows to be too large (413) or of another type (415)."""
    _check_type(request, content_type)
    length = request.content_length
    if length is not None and length > limit:
        raise too_large(limit)


def _check_type(request: web.Request, content_type: str) -> None:
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refusal(415, "bodies are taken as they are: no Content-Encoding", close=True)
    if request.content_type != content_type:
        raise Refusal(415, f"the body must be {content_type}", close=True)
    charset = request.charset
    if charset is not None and charset.lower() not in _UTF_8:
        raise Refusal(415, "the charset must be UTF-8", close=True)


async def _rest(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


def too_large(limit: int) -> Refusal:
    return Refusal(413, f"a body may have {limit} bytes", close=True)
