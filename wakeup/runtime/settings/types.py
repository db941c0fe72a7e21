"""The types of single settings: keys, secrets, lists, addresses. Their error messages never repeat a value."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, Secret

from wakeup.bank.core_client import url_fault
from wakeup.bank.phone_numbers import look_up
from wakeup.bank.signing import PREFIX, check_secret
from wakeup.storage.address import address_fault
from wakeup.storage.keyring import KEY_BYTES
from wakeup.web.clients import Scope

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SID = re.compile(r"[0-9a-f]{32}")
_HASHED = re.compile(r"sha256:([0-9a-f]{64})")
_LEAST_BEARER = 32
_LEAST_DISTINCT = 12
"""Different bytes in a key. Of 24 random bytes 23 are different; fewer than 12 are a placeholder such as zeros."""
_BACKENDS = ("sqlite", "postgresql", "postgresql+psycopg")
_SQLITE_FILE = re.compile(r"sqlite:///(?!:|file:)[^?]")
"""A SQLite database in a file. One in memory would be lost with the process, and each connection would have its own."""


@dataclass(frozen=True, slots=True)
class Hint:
    """How to make a value, printed when it is missing."""

    text: str


class LogFormat(StrEnum):
    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def split(value: Any) -> Any:
    """Split text such as `a, b`, as lists are written in variables and files. Other values are left to the type."""
    if isinstance(value, str):
        return tuple(part for part in (piece.strip() for piece in re.split(r"[,\n]", value)) if part)
    return tuple(value) if isinstance(value, list) else value


def _each(check: Callable[[str], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a validator that passes every entry to `check` and joins all faults in one message.

    `check` returns the value or raises ValueError.
    """

    def checked(value: Any) -> tuple[Any, ...]:
        entries = split(value)
        if not isinstance(entries, tuple) or not all(isinstance(entry, str) for entry in entries):
            raise ValueError("must be a string or a list of strings")
        found, faults = [], []
        for place, entry in enumerate(entries, start=1):
            try:
                found.append(check(entry))
            except ValueError as error:
                faults.append(f"entry {place} {error}" if len(entries) > 1 else str(error))
        if faults:
            raise ValueError("; ".join(faults))
        if len(set(found)) < len(found):
            raise ValueError("contains the same entry twice")
        return tuple(found)

    return checked


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("is empty")
    return values


def _key(text: Any) -> bytes:
    fault = f"must be base64 of {KEY_BYTES} bytes"
    if not isinstance(text, str):
        raise ValueError(fault)  # noqa: TRY004 - pydantic wants ValueError
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(fault) from None
    if len(key) != KEY_BYTES:
        raise ValueError(fault)
    _expect_random(key)
    return key


def _expect_random(raw: bytes) -> None:
    if len(set(raw)) < _LEAST_DISTINCT:
        raise ValueError("is not random: it has too few different bytes")


def _webhook_secret(text: str) -> str:
    fault = check_secret(text)
    if fault is not None:
        raise ValueError(fault)
    _expect_random(base64.b64decode(text.removeprefix(PREFIX)))
    return text


def _bearer(text: str) -> str:
    """Return the hash of a bearer key. The key itself, if it was given, is not stored."""
    hashed = _HASHED.fullmatch(text)
    if hashed is not None:
        return hashed[1]
    if len(text) < _LEAST_BEARER or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"must be {_LEAST_BEARER} visible ASCII characters or more, or sha256: and 64 hex digits")
    return hashlib.sha256(text.encode()).hexdigest()


def _token(text: str) -> str:
    # Anybody could sign with an empty one.
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be visible ASCII characters")
    return text


def _number(text: str) -> str:
    if look_up(text) is None:
        raise ValueError("must be a valid phone number in E.164 form: + and digits only")
    return text


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError:
        raise ValueError(f"must be one of: {', '.join(Scope)}") from None


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError("must be an IP address or a network such as 10.0.0.0/8") from None


def _sid(prefix: str) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not text.startswith(prefix) or _SID.fullmatch(text.removeprefix(prefix)) is None:
            raise ValueError(f"must be {prefix} and 32 hex digits")
        return text

    return checked


def _sender(text: str) -> str:
    if not text.startswith("+"):
        return _sid("MG")(text)
    return _number(text)


def https_url(text: str) -> str:
    """Return a URL that others, or our secrets, will be sent to. Raises ValueError."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    faults = []
    if not host or parts.scheme not in {"http", "https"}:
        faults.append("must be an absolute http(s) URL")
    elif parts.scheme == "http" and host not in _LOOPBACK:
        faults.append("must use https")
    if parts.query or parts.fragment or "@" in parts.netloc:
        faults.append("must not contain a user, query or fragment")
    if faults:
        raise ValueError("; ".join(faults))
    return text


def _base_url(text: str) -> str:
    if "_" in (urlsplit(https_url(text)).hostname or ""):
        raise ValueError("must not have an underscore in its host: the phone company refuses it")
    return text.rstrip("/")


def _core_url(text: str) -> str:
    fault = url_fault(text)
    if fault is not None:
        raise ValueError(fault.removeprefix("the URL "))
    if "@" in urlsplit(text).netloc or urlsplit(text).query:
        raise ValueError("must not contain a user or a query")
    return text


def read_database_url(text: Any) -> Any:
    scheme = text.partition("://")[0] if isinstance(text, str) and "://" in text else ""
    if scheme not in _BACKENDS or (scheme == "sqlite" and not _SQLITE_FILE.match(text)):
        raise ValueError("must be sqlite:///file or postgresql+psycopg://user:password@host/database")
    fault = address_fault(text)
    if fault is not None:
        raise ValueError(fault)
    # Without a named driver SQLAlchemy would choose one that is not installed.
    return text.replace("postgresql://", "postgresql+psycopg://", 1)


def _zoned(moment: Any) -> Any:
    """Refuse a time without a zone. TOML parses times itself, and the zone of a local one would be a guess."""
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError("must have a time zone, such as 2026-11-22T09:30:00Z")
    return moment


def _path(text: Any) -> Any:
    return Path(text).expanduser() if isinstance(text, str) and text else text


Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]
Host: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-Za-z.:-]{1,253}$")]
Name: TypeAlias = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,60}$")]
ClientName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Words: TypeAlias = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{0,200}$")]
NodeName: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-Za-z_.-]{1,64}$")]
Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
BaseUrl: TypeAlias = Annotated[str, AfterValidator(_base_url)]
CoreUrl: TypeAlias = Annotated[str, AfterValidator(_core_url)]
DatabaseUrl: TypeAlias = Secret[Annotated[str, BeforeValidator(read_database_url)]]
AccountSid: TypeAlias = Annotated[str, AfterValidator(_sid("AC"))]
ApiKey: TypeAlias = Annotated[str, AfterValidator(_sid("SK"))]
Sender: TypeAlias = Annotated[str, AfterValidator(_sender)]
Numbers: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_each(_number)), AfterValidator(_some)]
Networks: TypeAlias = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_each(_network))]
Scopes: TypeAlias = Annotated[frozenset[Scope], BeforeValidator(_each(_scope))]
Moment: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_zoned)]
FilePath: TypeAlias = Annotated[Path, BeforeValidator(_path)]

Key: TypeAlias = Secret[Annotated[bytes, BeforeValidator(_key)]]
Keys: TypeAlias = Secret[Annotated[tuple[bytes, ...], BeforeValidator(_each(_key)), AfterValidator(_some)]]
Token: TypeAlias = Secret[Annotated[str, AfterValidator(_token)]]
Tokens: TypeAlias = Secret[Annotated[tuple[str, ...], BeforeValidator(_each(_token)), AfterValidator(_some)]]
WebhookSecrets: TypeAlias = Secret[Annotated[tuple[str, ...], BeforeValidator(_each(_webhook_secret))]]
CoreSecrets: TypeAlias = Secret[
    Annotated[tuple[str, ...], BeforeValidator(_each(_webhook_secret)), AfterValidator(_some)]
]
BearerHashes: TypeAlias = Secret[Annotated[tuple[str, ...], BeforeValidator(_each(_bearer))]]
