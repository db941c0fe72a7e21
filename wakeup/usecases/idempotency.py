"""A signed message of the bank: it is remembered with what it brought, so that the same one again changes nothing.

What it said is kept as a keyed hash. A plain one would give away the numbers in it to whoever has the database: there
are so few numbers that all can be tried.
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
    """The signed message something came in."""

    client: str
    webhook_id: str
    body_hash: str


def register_message(unit: Unit, inbound: Inbound, now: datetime) -> None:
    """Remember the message. One that came before with the same body is none the worse; with another: ConflictError."""
    record_message(unit, inbound, unit.inbox.body_hash(inbound.client, inbound.webhook_id), now)


def record_message(unit: Unit, inbound: Inbound, earlier: str | None, now: datetime) -> None:
    """The same for whoever knows already with which body it came earlier."""
    if earlier is None:
        unit.inbox.add_message(inbound.client, inbound.webhook_id, keyed_hash(unit, inbound.body_hash), now)
    elif not matches_hash(unit, earlier, inbound.body_hash):
        raise ConflictError("webhook-id", "this message id is known with another body")


def is_repeat_event(unit: Unit, event_id: str, content_hash: str, now: datetime) -> bool:
    """Remember news under the bank's own id. Raises ConflictError when it came before with other content."""
    earlier = unit.inbox.add_news_id(event_id, keyed_hash(unit, content_hash), now)
    if earlier is not None and not matches_hash(unit, earlier, content_hash):
        raise ConflictError("event_id", "this event is known with other content")
    return earlier is not None


def keyed_hash(unit: Unit, plain: str) -> str:
    """The hash as it is kept."""
    return unit.index("content", plain)


def matches_hash(unit: Unit, kept: str, plain: str) -> bool:
    """Until 2026-11-29 plain hashes were kept."""
    return kept in (keyed_hash(unit, plain), plain)
