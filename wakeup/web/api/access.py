"""Access checks of the risk API: the signature over the raw body, then the scope. Only then is the body parsed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from wakeup.bank.signing import BadSignature
from wakeup.usecases.idempotency import Inbound
from wakeup.web.bodies import BODY_LIMIT, JSON_TYPE, expect_body, read_body
from wakeup.web.clients import CLIENT_HEADER, Client, Scope
from wakeup.web.middleware import note
from wakeup.web.parts import PARTS, Parts
from wakeup.web.problems import Refusal


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message whose sender is known and has the required scope."""

    client: str
    webhook_id: str
    body: bytes = field(repr=False)
    now: datetime

    def inbound(self) -> Inbound:
        """The message in the form that the inbox stores."""
        digest = hashlib.sha256(self.body).hexdigest()
        return Inbound(client=self.client, webhook_id=self.webhook_id, body_hash=digest)


async def read_signed(request: web.Request, scope: Scope, limit: int = BODY_LIMIT) -> SignedMessage:
    """Authenticate a signed message. Raises BadSignature (401), and Refusal (403, or whatever is wrong with the
    body)."""
    parts = request.app[PARTS]
    expect_body(request, JSON_TYPE, limit)
    name = request.headers.get(CLIENT_HEADER)
    try:
        # Before up to 2 MiB are read from a sender who cannot have signed them.
        parts.clients.expect_signed(request.headers, parts.now(), name)
        body = await read_body(request, JSON_TYPE, limit)
        now = parts.now()
        client, webhook_id = parts.clients.signed_by(request.headers, body, now, name)
    except BadSignature as refused:
        parts.metrics.bad_signatures.labels("api", refused.flaw).inc()
        raise
    note(request, client=client.name)
    _permit(client, scope)
    return SignedMessage(client.name, webhook_id, body, now)


def authenticate(request: web.Request, scope: Scope) -> Parts:
    """Admit a query if its bearer key has the scope. Raises Refusal: 401 or 403."""
    parts = request.app[PARTS]
    client = parts.clients.bearing(request.headers.get("Authorization"))
    if client is None:
        parts.metrics.bad_signatures.labels("bearer", "no_match").inc()
        given = "Authorization" in request.headers
        wrong = "no client has this key" if given else "a bearer key is needed"
        raise Refusal(401, f"{wrong}; send Authorization: Bearer …", headers={"WWW-Authenticate": "Bearer"})
    note(request, client=client.name)
    _permit(client, scope)
    return parts


def _permit(client: Client, scope: Scope) -> None:
    if scope not in client.scopes:
        raise Refusal(403, f"this client lacks the scope {scope}")
