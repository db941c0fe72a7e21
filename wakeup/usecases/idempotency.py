"""Idempotency of the bank's signed messages: a message is recorded together with its effects, so a repeat changes
nothing.

The content is stored as a keyed hash. A plain hash would reveal the phone numbers in it to anybody who has the
database, because there are so few phone numbers that all can be tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import fast_init
from wakeup.usecases.unit import Unit


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """The signed message that carried an event or a command."""

    client: str
    webhook_id: str
    body_hash: str


def register_message(unit: Unit, inbound: Inbound, now: datetime) -> None:
    """Record the message. A repeat with the same body is accepted; raises ConflictError when the body differs."""
    record_message(unit, inbound, unit.inbox.body_hash(inbound.client, inbound.webhook_id), now)


def record_message(unit: Unit, inbound: Inbound, earlier: str | None, now: datetime) -> None:
    """Do the same as `register_message` when the hash of the earlier body, or None, is already loaded."""
    if earlier is None:
        unit.inbox.add_message(inbound.client, inbound.webhook_id, keyed_hash(unit, inbound.body_hash), now)
    elif earlier != keyed_hash(unit, inbound.body_hash):
        raise ConflictError("webhook-id", "this message id was used with another body")


def is_repeat_event(unit: Unit, event_id: str, content_hash: str, now: datetime) -> bool:
    """Record an event under the bank's own event id and return whether it was known. Raises ConflictError when it
    came before with other content."""
    content = keyed_hash(unit, content_hash)
    earlier = unit.inbox.add_news_id(event_id, content, now)
    if earlier not in (None, content):
        raise ConflictError("event_id", "this event was sent with other content")
    return earlier is not None


def keyed_hash(unit: Unit, plain: str) -> str:
    """Return the hash as it is stored."""
    return unit.index("content", plain)
