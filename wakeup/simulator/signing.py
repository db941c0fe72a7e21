"""Signatures made and checked with the simulator's own code: Twilio's X-Twilio-Signature and Standard Webhooks v1."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import urldefrag

TOLERANCE_SECONDS = 300
SECRET_PREFIX = "whsec_"  # noqa: S105


def twilio_signature(auth_token: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """Return the Base64 HMAC-SHA1 over the URL without fragment and the form fields in name order (twilio.com
    security docs)."""
    text = urldefrag(url).url + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def webhook_signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one `v1,…` signature of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def webhook_fault(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: float) -> str | None:
    """Return why this Standard Webhooks message is invalid, or None. `now` is unix time of the receiver's clock."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not message_id or not given:
        return "unsigned"
    if not stamp.isascii() or not stamp.isdigit():
        return "bad_timestamp"
    if abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return "stale"
    for secret in secrets:
        try:
            expected = webhook_signature(secret, message_id, int(stamp), body)
        except binascii.Error:
            continue
        if any(hmac.compare_digest(expected.encode(), one.encode()) for one in given):
            return None
    return "bad_signature"
