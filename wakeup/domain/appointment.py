"""When we call again if somebody asked for it: soon, on a time that can be said, at a decent hour, while it matters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from wakeup.domain.policy import Calling
from wakeup.domain.window import may_ring, next_ringing_hour

SOON = timedelta(minutes=10)
"""Not before: whoever asked to be called again needs a moment."""
STEP = timedelta(minutes=5)
"""Times are said in steps of so much."""
PATIENCE = timedelta(minutes=15)
"""How late a promised call may begin when it cannot begin in time: late is better than never."""
_ANOTHER_DAY = 4


def appointment(now: datetime, until: datetime, zones: Collection[str], calling: Calling) -> datetime | None:
    """The time (UTC) of the next call, decent in all of these zones, or None when none fits before `until`: the payment
    stays on hold, and no time is promised."""
    at = _next_step(now + SOON)
    # What opens one zone may be night in another: a few rounds find an hour that suits all, or there is none.
    for _ in range(_ANOTHER_DAY):
        quiet = [zone for zone in zones if not may_ring(at, zone, calling)]
        if not quiet:
            break
        at = _next_step(max(next_ringing_hour(at, zone, calling) for zone in quiet))
    else:
        return None
    return at if at <= last_start(until, calling) else None


def last_start(until: datetime, calling: Calling) -> datetime:
    """A call that begins later can no longer be answered and heard."""
    return until - calling.ring_timeout - calling.useful_talk


def _next_step(at: datetime) -> datetime:
    """Zones differ from UTC by whole quarters of an hour, so steps of UTC are steps everywhere."""
    whole = at.astimezone(UTC).replace(second=0, microsecond=0)
    over = timedelta(minutes=whole.minute % (STEP // timedelta(minutes=1)))
    return whole if whole == at and not over else whole - over + STEP
