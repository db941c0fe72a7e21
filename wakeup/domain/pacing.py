"""Pacing of calls and SMS: how many an account may start now, for how long all of them stop after a fault of the
account, and when one that was not sent is posted again.

These rules store nothing. Their callers lock the account's row and save the lines that a rule returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace

TEXTS = "sms:"
"""Prefix of the row that paces an account's SMS: they have their own rate and their own stops."""
AHEAD = timedelta(seconds=1)
"""How far another node's clock may be ahead of ours. A start later than that was granted before a clock was set back:
it must not keep all phones silent until the clock has caught up."""
STOPPED_FOR = timedelta(seconds=60)
"""After a fault of the account or the configuration nothing is posted for this long; then the next start probes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Pacing state of the account's lines. One row, locked while it is read."""

    account: str
    """The provider account; for the account's SMS, prefixed with `TEXTS`."""
    recent: tuple[datetime, ...] = ()
    """Starts granted within the last second (or within 1/rate seconds for rates below one)."""
    stopped_until: datetime | None = None
    stopped_because: str | None = None
    granted: int = 0
    """Starts granted ever, less those returned."""
    pace: float = 1.0
    """Share of the account's rate in force at `paced_at`; from there it recovers gradually."""
    paced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How many may start now, and the lines with these starts. If none may, when to ask again; None if that does not
    depend on the rate."""

    count: int
    lines: Lines
    again_at: datetime | None = None
    stopped_because: str | None = None


def grant(lines: Lines, rate: float, want: int, now: datetime) -> Grant:
    """Grant at most `want` starts: never more than the rate within any second, none during a stop, and after a stop
    one at a time until one has gone through."""
    if lines.stopped_until is not None and now < lines.stopped_until:
        return Grant(count=0, lines=lines, again_at=lines.stopped_until, stopped_because=lines.stopped_because)
    span = timedelta(seconds=1 if rate >= 1 else 1 / rate)
    # Another node's clock may be slightly ahead: a start that it was granted counts until the span has passed by
    # our clock.
    recent = tuple(at for at in lines.recent if now - span < at <= now + AHEAD)
    room = max(1, int(rate)) - len(recent)
    if room <= 0:
        return Grant(count=0, lines=lines, again_at=min(recent) + span)
    probes = lines.stopped_until is not None
    count = max(0, min(want, 1 if probes else want, room))
    # A probe has the whole span to itself. If the provider has accepted nothing by the end of it, the next start
    # probes.
    used = room if probes and count else count
    return Grant(count=count, lines=replace(lines, recent=recent + (now,) * used, granted=lines.granted + count))


def stopped(lines: Lines, reason: str, until: datetime) -> Lines | None:
    """Return the lines with a stop until then, or None: a longer stop stays in force."""
    if lines.stopped_until is not None and lines.stopped_until > until:
        return None
    return replace(lines, stopped_until=until, stopped_because=reason)


def pace_at(lines: Lines, recovery: timedelta, now: datetime) -> float:
    """Return the share of the account's rate in force. After a slow-down it would take `recovery` to rise from
    nothing to the full rate."""
    if lines.paced_at is None:
        return 1.0
    return min(1.0, lines.pace + max(0.0, (now - lines.paced_at) / recovery))


def repeat_after(sends: int, retry_after_s: float | None) -> timedelta:
    """Return how long a call or SMS that was proven not sent waits before it is posted again: longer each time, and at
    least as long as the provider asks. `sends`: how often it was proven not sent before."""
    return timedelta(seconds=max(retry_after_s or 0.0, min(2.0 ** min(sends, 5), 30.0)))
