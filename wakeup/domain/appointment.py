"""When we call again if somebody asked for it: soon, on a time that can be said, at a decent hour, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wakeup.domain.policy import Calling
from wakeup.domain.window import may_ring, next_ringing_hour

SOON = timedelta(minutes=10)
"""Not before: whoever asked to be called again needs a moment."""
STEP = timedelta(minutes=5)
"""Times are said in steps of so much."""


def appointment(now: datetime, settles_at: datetime, zone: str, calling: Calling) -> datetime | None:
    """The time (UTC) of the next call, or None when none fits before the decision: the payment stays on hold, and no
    time is promised."""
    at = _next_step(now + SOON)
    if not may_ring(at, zone, calling):
        at = _next_step(next_ringing_hour(at, zone, calling))
    return at if at <= last_start(settles_at, calling) else None


def last_start(settles_at: datetime, calling: Calling) -> datetime:
    """A call that begins later can no longer be answered and heard before the decision."""
    return settles_at - calling.ring_timeout - calling.useful_talk


def _next_step(at: datetime) -> datetime:
    """Zones differ from UTC by whole quarters of an hour, so steps of UTC are steps everywhere."""
    whole = at.astimezone(UTC).replace(second=0, microsecond=0)
    over = timedelta(minutes=whole.minute % (STEP // timedelta(minutes=1)))
    return whole if whole == at and not over else whole - over + STEP
