"""A signed message is remembered in the transaction that acts on it: same body, same answer; other body, 409."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from wakeup.usecases.open_case import Inbound
from wakeup.usecases.unit import Unit

W = TypeVar("W")
T = TypeVar("T")


def once(unit: Unit, inbound: Inbound, verb: Callable[[Unit, W, datetime], T], what: W, now: datetime) -> T:
    """Remember the message, then do what it says; the verb knows its own repeats. Raises ConflictError."""
    unit.inbox.first_sight(inbound.client, inbound.webhook_id, inbound.body_hash, now)
    return verb(unit, what, now)
