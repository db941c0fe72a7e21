"""The machines of the bank: who signed this message, who bears this key, and what each may do."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.bank.signing import BadSignature, Flaw, verify

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
    """One machine. It signs what it sends with a secret, and asks with a bearer key."""

    name: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """`whsec_…`; several at once while they rotate."""
    scopes: frozenset[Scope] = frozenset()
    bearer_hashes: tuple[str, ...] = field(default=(), repr=False)
    """SHA-256 of each bearer key, in lower-case hex."""


class Clients:
    """Everybody who may speak to the risk API."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._clients = {client.name: client for client in clients}

    def signed_by(
        self, headers: Mapping[str, str], body: bytes, now: datetime, name: str | None = None
    ) -> tuple[Client, str]:
        """Who signed the message, and its webhook id. `name` narrows the search. Raises BadSignature."""
        # Settings give names in capitals, which are small letters to us.
        candidates = self._clients.values() if name is None else filter(None, [self._clients.get(name.lower())])
        for client in candidates:
            try:
                return client, verify(client.secrets, headers, body, now)
            except BadSignature as refused:
                if refused.flaw is not Flaw.NO_MATCH:
                    raise
        raise BadSignature(Flaw.NO_MATCH)

    def bearing(self, authorization: str | None) -> Client | None:
        """Whose bearer key this is. Every hash is compared, so the time taken tells nothing."""
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
