"""Time rules: when a transfer is settled at the latest, until when ringing is useful, and when a phone may ring."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wakeup.domain.policy import Calling, Span, Tempo


def settle_at(flagged_at: datetime, decide_by: datetime, tempo: Tempo) -> datetime:
    """Return `decide_by` minus the settle margin, which is at most a tenth of the window."""
    window = max(decide_by - flagged_at, timedelta())
    return decide_by - min(tempo.settle_margin, window // 10)


def alarm_at(held_at: datetime, hold_max: datetime, before: timedelta) -> datetime | None:
    """Return when staff are alarmed that a hold is about to end: `before` its end, or halfway through a short hold.
    None when the hold is already over."""
    return max(hold_max - before, held_at + (hold_max - held_at) / 2) if held_at < hold_max else None


def latest_start(now: datetime, settles_at: datetime, calling: Calling) -> datetime:
    """Return the last moment at which a ringing can still change the decision.

    In a window too short for that, the first ten seconds are used all the same: what is learned late can still add
    protection.
    """
    comfortable = settles_at - calling.ring_timeout - calling.useful_talk
    return max(comfortable, min(now + timedelta(seconds=10), settles_at))


def may_ring(now: datetime, zone: str, calling: Calling) -> bool:
    """True if the hour is decent where the callee is. A span that ends before it begins crosses midnight."""
    local = now.astimezone(ZoneInfo(zone)).time()
    return any(_within(local, opens, closes) for opens, closes in hours_of(zone, calling))


def hours_of(zone: str, calling: Calling) -> tuple[Span, ...]:
    """Return the hours of a day in which a phone may ring in this zone."""
    return calling.hours.get(zone) or ((calling.opens, calling.closes),)


def _within(local: time, opens: time, closes: time) -> bool:
    return opens <= local < closes if opens <= closes else local >= opens or local < closes


def next_ringing_hour(now: datetime, zone: str, calling: Calling) -> datetime:
    """Return the next opening (UTC), or `now` if the phone may ring already.

    Correct across DST changes, because the opening hour is taken from the callee's own calendar. An opening hour
    that the clocks skip is moved to after the skip.
    """
    if may_ring(now, zone, calling):
        return now
    local = now.astimezone(ZoneInfo(zone))
    # An hour that occurs twice may be over the first time; a calendar may leave out a day.
    days = (
        datetime.combine(local.date() + timedelta(days=n), opens, local.tzinfo)
        for n in range(4)
        for opens, _ in hours_of(zone, calling)
    )
    openings = (day.replace(fold=fold).astimezone(UTC) for day in days for fold in (0, 1))
    return min(at for at in openings if at > now and may_ring(at, zone, calling))
