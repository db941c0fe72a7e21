"""A signed message of the bank: it is remembered with what it brought, so that the same one again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.domain.quick import made_quickly
from wakeup.usecases.unit import Unit


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """The signed message something came in."""

    client: str
    webhook_id: str
    body_hash: str


def first_sight(unit: Unit, inbound: Inbound, now: datetime) -> None:
    """Remember the message. One that came before with the same body is none the worse; with another: ConflictError."""
    remember(unit, inbound, unit.inbox.body_hash(inbound.client, inbound.webhook_id), now)


def remember(unit: Unit, inbound: Inbound, earlier: str | None, now: datetime) -> None:
    """The same for whoever knows already with which body it came earlier."""
    if earlier is None:
        unit.inbox.add_message(inbound.client, inbound.webhook_id, inbound.body_hash, now)
    elif earlier != inbound.body_hash:
        raise ConflictError("webhook-id", "this message id is known with another body")
