"""The bank's machine clients: who signed a message, who owns a bearer key, and what each may do."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.bank.signing import BadSignature, Flaw, check_headers, verify

CLIENT_HEADER = "X-Wakeup-Client"
_BEARER = "bearer "


class Scope(StrEnum):
    """What a client may do."""

    EVENTS = "events"
    TRANSFERS = "transfers"
    LABELS = "labels"
    GUARDIANS = "guardians"
    READ_DECISIONS = "decisions:read"
    READ_CALL_STATUS = "callstatus:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One machine client. It signs the messages it sends with a secret, and authenticates queries with a bearer key."""

    name: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """`whsec_…`; several at once during a rotation."""
    scopes: frozenset[Scope] = frozenset()
    bearer_hashes: tuple[str, ...] = field(default=(), repr=False)
    """SHA-256 of each bearer key, in lower-case hex."""


class Clients:
    """All clients of the risk API."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._clients = {client.name: client for client in clients}

    def expect_signed(self, headers: Mapping[str, str], now: datetime, name: str | None = None) -> None:
        """Raise BadSignature for what `signed_by` would refuse with any body."""
        check_headers(headers, now)
        if name is not None and name.lower() not in self._clients:
            raise BadSignature(Flaw.NO_MATCH)

    def signed_by(
        self, headers: Mapping[str, str], body: bytes, now: datetime, name: str | None = None
    ) -> tuple[Client, str]:
        """Return the client that signed the message, and the webhook id. Raises BadSignature.

        `name` limits the search to one client.
        """
        # Client names are lower case here, though the settings give them in capitals.
        candidates = self._clients.values() if name is None else filter(None, [self._clients.get(name.lower())])
        for client in candidates:
            try:
                return client, verify(client.secrets, headers, body, now)
            except BadSignature as refused:
                if refused.flaw is not Flaw.NO_MATCH:
                    raise
        raise BadSignature(Flaw.NO_MATCH)

    def bearing(self, authorization: str | None) -> Client | None:
        """Return the client that owns this bearer key. Every hash is compared, so that the duration reveals nothing."""
        header = authorization or ""
        if not header.lower().startswith(_BEARER):
            return None
        given = hashlib.sha256(header[len(_BEARER) :].strip().encode("utf-8", "surrogateescape")).hexdigest()
        found = None
        for client in self._clients.values():
            for known in client.bearer_hashes:
                if hmac.compare_digest(known, given):
                    found = client
        return found
