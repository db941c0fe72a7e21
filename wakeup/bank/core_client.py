"""Delivery of decisions to the payment core: one signed POST, whose result is classified. Never raises, logs no
body.

What each response means for the message:

- 2xx: delivered.
- No response, 5xx, 408, 425, 429: nothing definite about this message, so it is tried again later. The same goes for
  what a wrong configuration on either side causes until it is corrected: 401, 403, 404 (a secret or route is being
  changed) and redirects, which are never followed. A decision must not be lost because secrets were rotated in the
  wrong order; the outbox limits the tries.
- Any other 4xx is about this message and will not change: it is given up. This includes 409 (the core knows this id
  with other content, or something newer) and 410 (the transfer no longer exists).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from wakeup.bank.signing import signed_headers
from wakeup.usecases.ports import Delivery, Envelope, Receipt

TIMEOUT = ClientTimeout(total=15, sock_connect=5, connect=5)
MAX_RETRY_AFTER_S = 3600.0
_AGAIN = frozenset({401, 403, 404, 408, 425, 429})


class HttpPaymentCore:
    """The payment core behind one URL, as the settings have checked it. Every secret signs, so that either side may
    rotate first."""

    def __init__(
        self, session: ClientSession, url: str, secrets: Sequence[str], *, timeout: ClientTimeout = TIMEOUT
    ) -> None:
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
                # The status decides: a response body that never ends must not turn a delivered message into a
                # failure.
                return classify(response.status, response.headers.get("Retry-After"), now)
        except (ClientError, TimeoutError, OSError):
            return Delivery(receipt=Receipt.RETRY)
        except ValueError:
            # A body that is not UTF-8, or an id that is not a valid header value: no later try can send it.
            return Delivery(receipt=Receipt.GONE)


def classify(status: int, retry_after: str | None, now: datetime) -> Delivery:
    """Return what a response of the core means for the message; see the module docstring."""
    if 200 <= status < 300:
        return Delivery(receipt=Receipt.DELIVERED, status=status)
    if 400 <= status < 500 and status not in _AGAIN:
        return Delivery(receipt=Receipt.GONE, status=status)
    return Delivery(receipt=Receipt.RETRY, status=status, retry_after_s=seconds_of(retry_after, now))


def seconds_of(retry_after: str | None, now: datetime) -> float | None:
    """Return `Retry-After` as seconds from `now`, given as a number or a date; at most an hour."""
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
    """Return what is wrong with a URL we are to post to; None when it is valid."""
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
