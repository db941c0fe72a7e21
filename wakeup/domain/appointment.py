"""The time of an appointment (a promised call): soon, round, at a decent hour, and within the window."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from wakeup.domain.policy import Calling
from wakeup.domain.window import may_ring, next_ringing_hour

SOON = timedelta(minutes=10)
"""Minimum time from now to the appointment: a callee who asked to be called again needs a moment."""
STEP = timedelta(minutes=5)
"""Appointments are at multiples of this."""
PATIENCE = timedelta(minutes=15)
"""How late an appointment call may begin when it cannot begin in time. A late call is better than none."""
_ANOTHER_DAY = 4


def appointment(now: datetime, until: datetime, zones: Collection[str], calling: Calling) -> datetime | None:
    """Return the time (UTC) of the next call, at a decent hour in all of these zones.

    None if no such time lies before `until`: the payment then stays on hold and no time is promised.
    """
    at = _next_step(now + SOON)
    # The opening hour of one zone may be night in another: after a few rounds an hour suits all zones, or none does.
    for _ in range(_ANOTHER_DAY):
        quiet = [zone for zone in zones if not may_ring(at, zone, calling)]
        if not quiet:
            break
        at = _next_step(max(next_ringing_hour(at, zone, calling) for zone in quiet))
    else:
        return None
    return at if at <= last_start(until, calling) else None


def last_start(until: datetime, calling: Calling) -> datetime:
    """Return the latest useful start of a call: one that begins later can no longer be answered and talked through."""
    return until - calling.ring_timeout - calling.useful_talk


def _next_step(at: datetime) -> datetime:
    """Round up to the next `STEP`, which is round in every zone: zones differ by whole quarters of an hour."""
    whole = at.astimezone(UTC).replace(second=0, microsecond=0)
    over = timedelta(minutes=whole.minute % (STEP // timedelta(minutes=1)))
    return whole if whole == at and not over else whole - over + STEP
