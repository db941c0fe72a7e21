"""Idempotency of signed messages, recorded in the transaction that acts on them: same body, same response; other
body, 409."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from wakeup.usecases.idempotency import Inbound, register_message
from wakeup.usecases.unit import Unit

W = TypeVar("W")
T = TypeVar("T")


def once(unit: Unit, inbound: Inbound, verb: Callable[[Unit, W, datetime], T], what: W, now: datetime) -> T:
    """Record the message, then run the verb, which recognises its own repeats. Raises ConflictError."""
    register_message(unit, inbound, now)
    return verb(unit, what, now)
