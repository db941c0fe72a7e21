"""Standard Webhooks in both directions: who sent a message, and that it was not changed. Reads no clock: pass `now`.

The library signs. Its `verify` reads the system clock, so checking is done here by the same rules; it also costs
twice as much.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from standardwebhooks import Webhook

from wakeup.domain.errors import DomainError
from wakeup.domain.keyed_hash import hmac_sha256

ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)
MAX_SIGNATURES = 16
PREFIX = "whsec_"
_LEAST_BYTES = 24
_MESSAGE_ID = re.compile(r"[!-~]{1,128}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class Flaw(StrEnum):
    """Why a signature was refused."""

    MISSING = "missing_header"
    MALFORMED = "malformed"
    STALE = "stale"
    FUTURE = "in_the_future"
    NO_MATCH = "no_match"


class BadSignature(DomainError):  # noqa: N818  # the name of the fact, answered 401
    """The message has no valid signature by a known secret, or its time is more than five minutes off."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw)


def check_secret(secret: str) -> str | None:
    """Return what is wrong with a secret, without repeating it; None when it is valid."""
    if not secret.startswith(PREFIX):
        return f"must begin with {PREFIX}"
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return f"must be base64 after {PREFIX}"
    if len(key) < _LEAST_BYTES:
        return f"must have at least {_LEAST_BYTES} bytes"
    return None


def sign(secret: str, message_id: str, timestamp: datetime, body: bytes) -> str:
    """Return the signature `v1,…` of one message. The body must be UTF-8, and the time aware."""
    # The library treats any time as UTC, whatever its zone.
    return _webhook(secret).sign(message_id, timestamp.astimezone(UTC), body.decode())


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a message, with a signature for each secret in use."""
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(int(timestamp.timestamp())),
        SIGNATURE_HEADER: " ".join(sign(secret, message_id, timestamp, body) for secret in secrets),
    }


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the webhook id of a message signed by one of the secrets within five minutes of `now`.

    Raises only BadSignature.
    """
    message_id, timestamp, given = check_headers(headers, now)
    try:
        # What is signed is text.
        body.decode()
    except UnicodeDecodeError:
        raise BadSignature(Flaw.MALFORMED) from None
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = [_hash_of(secret)(signed) for secret in secrets]
    # All pairs are compared, so that timing does not reveal which secret came near.
    if sum(hmac.compare_digest(ours, theirs) for ours in expected for theirs in given) == 0:
        raise BadSignature(Flaw.NO_MATCH)
    return message_id


def check_headers(headers: Mapping[str, str], now: datetime) -> tuple[str, int, list[bytes]]:
    """Return the message id, the time in Unix seconds, and the v1 signatures. Raises BadSignature for what no body can
    make valid."""
    message_id, timestamp, signatures = _three(headers)
    if _MESSAGE_ID.fullmatch(message_id) is None or _TIMESTAMP.fullmatch(timestamp) is None:
        raise BadSignature(Flaw.MALFORMED)
    sent = datetime.fromtimestamp(int(timestamp), UTC)
    if now - sent > TOLERANCE:
        raise BadSignature(Flaw.STALE)
    if sent - now > TOLERANCE:
        raise BadSignature(Flaw.FUTURE)
    return message_id, int(timestamp), _given(signatures)


def _three(headers: Mapping[str, str]) -> tuple[str, str, str]:
    found: dict[str, str] = {}
    for header, value in headers.items():
        name = header.lower()
        if name in _NEEDED and found.setdefault(name, value) != value:
            raise BadSignature(Flaw.MALFORMED)
    if not all(found.get(name) for name in _NEEDED):
        raise BadSignature(Flaw.MISSING)
    return found[ID_HEADER], found[TIMESTAMP_HEADER], found[SIGNATURE_HEADER]


def _given(header: str) -> list[bytes]:
    """Return the v1 signatures of a header. Other versions are ignored."""
    parts = header.split(" ")
    if len(parts) > MAX_SIGNATURES:
        raise BadSignature(Flaw.MALFORMED)
    versioned = [part.partition(",") for part in parts]
    try:
        given = [_raw(signature) for version, _, signature in versioned if version == "v1"]
    except (binascii.Error, ValueError):
        raise BadSignature(Flaw.MALFORMED) from None
    if not given:
        raise BadSignature(Flaw.MALFORMED)
    return given


def _raw(signature: str) -> bytes:
    return base64.b64decode(signature, validate=True)


@lru_cache(maxsize=64)
def _webhook(secret: str) -> Webhook:
    return Webhook(secret)


@lru_cache(maxsize=64)
def _hash_of(secret: str) -> Callable[[bytes], bytes]:
    return hmac_sha256(base64.b64decode(secret.removeprefix(PREFIX)))


_NEEDED = (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
