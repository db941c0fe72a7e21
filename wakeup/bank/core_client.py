"""Decisions on their way to the payment core: one signed POST, classified. It never raises and logs no body.

What each answer means for the message:

- 2xx: delivered.
- Nothing definite about this message, so again later: no answer, 5xx, 408, 425, 429; and what configuration on either
  side gets wrong and puts right again: 401, 403, 404 (secret or route being changed) and redirects, which we never
  follow. A decision must not die because a secret was rotated in the wrong order; the outbox bounds the tries.
- Any other 4xx is about this very message and will not change: gone. So is 409 (the core knows this id with other
  content, or something newer) and 410 (the transfer is no more).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from wakeup.bank.signing import check_secret, signed_headers
from wakeup.domain.errors import ConfigError
from wakeup.usecases.ports import Delivery, Envelope, Receipt

TIMEOUT = ClientTimeout(total=15, sock_connect=5, connect=5)
MAX_RETRY_AFTER_S = 3600.0
_AGAIN = frozenset({401, 403, 404, 408, 425, 429})


class HttpPaymentCore:
    """The payment core behind one URL. Every secret signs, so that either side may rotate first."""

    def __init__(
        self, session: ClientSession, url: str, secrets: Sequence[str], *, timeout: ClientTimeout = TIMEOUT
    ) -> None:
        faults = [fault for fault in (url_fault(url), *map(check_secret, secrets)) if fault is not None]
        if faults or not secrets:
            raise ConfigError([f"payment core: {fault}" for fault in faults or ["has no secret"]])
        self._session, self._url, self._secrets, self._timeout = session, url, tuple(secrets), timeout

    async def deliver(self, envelope: Envelope, now: datetime) -> Delivery:
        try:
            headers = signed_headers(self._secrets, envelope.message_id, now, envelope.body)
            async with self._session.post(
                self._url,
                data=envelope.body,
                headers={"Content-Type": "application/json", **headers},
                allow_redirects=False,
                timeout=self._timeout,
            ) as response:
                # The status decides; a body that never ends must not make a delivered message undelivered.
                return classify(response.status, response.headers.get("Retry-After"), now)
        except (ClientError, TimeoutError, OSError):
            return Delivery(receipt=Receipt.RETRY)
        except ValueError:
            # A body that is no UTF-8 or an id that is no header value: no later try can send it.
            return Delivery(receipt=Receipt.GONE)


def classify(status: int, retry_after: str | None, now: datetime) -> Delivery:
    """What an answer of the core means for the message; see the head of this module."""
    if 200 <= status < 300:
        return Delivery(receipt=Receipt.DELIVERED, status=status)
    if 400 <= status < 500 and status not in _AGAIN:
        return Delivery(receipt=Receipt.GONE, status=status)
    return Delivery(receipt=Receipt.RETRY, status=status, retry_after_s=seconds_of(retry_after, now))


def seconds_of(retry_after: str | None, now: datetime) -> float | None:
    """`Retry-After` in seconds from `now`, whether it came as a number or a date; never beyond an hour."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_RETRY_AFTER_S)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def url_fault(text: str) -> str | None:
    """What is wrong with an address we are to post to; None when it is good."""
    try:
        url = URL(text)
    except ValueError:
        return "the URL cannot be read"
    if url.scheme not in ("http", "https") or not url.host:
        return "the URL must be absolute, with http or https"
    if url.scheme == "http" and not _loopback(url.host):
        return "the URL must be https: plain http is for loopback only"
    return None


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
