"""Pacing of calls and SMS: when an account may start its next ones, for how long all of them stop after a fault of
the account, and when one that was not sent is posted again.

These rules store nothing. Their callers lock the account's row and save the lines that a rule returns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace

TEXTS = "sms:"
"""Prefix of the row that paces an account's SMS: they have their own rate and their own stops."""
AHEAD = timedelta(seconds=1)
"""How far another node's clock may be ahead of ours. A start later than that was granted before a clock was set back:
it must not keep all phones silent until the clock has caught up."""
LEAD = timedelta(milliseconds=200)
"""How long before its time the start of a call may be granted. Half of it is left for claiming the call and committing
its intent, also on a busy database, so that it is posted at its time and no start is lost."""
FARTHEST_START = AHEAD + LEAD
"""How far ahead of our clock a start may lie that another node was granted."""
SECOND = timedelta(seconds=1)
STOPPED_FOR = timedelta(seconds=60)
"""After a fault of the account or the configuration nothing is posted for this long; then the next start probes."""
PAUSED = "paused_by_supervisor"
"""Why all stop on a supervisor's order. This stop alone may be longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Pacing state of the account's lines. One row, locked while it is read."""

    account: str
    """The provider account; for the account's SMS, prefixed with `TEXTS`."""
    recent: tuple[datetime, ...] = ()
    """Starts granted within the last second (or within 1/rate seconds for rates below one), each at its own time. It
    may be slightly ahead."""
    stopped_until: datetime | None = None
    stopped_because: str | None = None
    granted: int = 0
    """Starts granted ever, less those returned."""
    pace: float = 1.0
    """Share of the account's rate in force at `paced_at`; from there it recovers gradually."""
    paced_at: datetime | None = None
    """The last start that was granted before the pace was halved, or when it was halved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """When those may start that are granted, and the lines with these starts."""

    lines: Lines
    starts: tuple[datetime, ...] = ()
    """In order. None is later than the lead allows."""
    again_at: datetime | None = None
    """From when on more may be granted. None if that does not depend on the rate."""
    stopped_because: str | None = None


def spacing(rate: float) -> timedelta:
    """Return the time between two starts. Rounded up: rounded down, four starts of a third of a second would fit into
    one second."""
    return timedelta(microseconds=math.ceil(1_000_000 / rate))


def grant(lines: Lines, rate: float, want: int, now: datetime, lead: timedelta = timedelta()) -> Grant:
    """Grant at most `want` starts from now until `lead` later, none closer to another than the rate allows: so no
    second has more of them than the rate, rounded up. None is granted during a stop, and after a stop they are a second
    apart until one has gone through."""
    if lines.stopped_until is not None and now < lines.stopped_until:
        return Grant(lines=lines, again_at=lines.stopped_until, stopped_because=lines.stopped_because)
    probes = lines.stopped_until is not None
    # If the provider has accepted nothing by the end of a probe's second, the next start probes.
    gap = max(spacing(rate), SECOND) if probes else spacing(rate)
    # Another node's clock may be slightly ahead: its starts count until they are over by our clock.
    recent = tuple(at for at in lines.recent if now - max(gap, SECOND) < at <= now + AHEAD)
    free_at = max(now, max(recent) + gap) if recent else now
    starts: list[datetime] = []
    while len(starts) < want and free_at <= now + lead:
        starts.append(free_at)
        free_at += gap
    # Not sooner: several starts to a claim cost fewer transactions.
    again_at = max(now, free_at - lead / 2)
    if not starts:
        return Grant(lines=lines, again_at=again_at)
    taken = replace(lines, recent=(*recent, *starts), granted=lines.granted + len(starts))
    return Grant(lines=taken, starts=tuple(starts), again_at=again_at)


def stopped(lines: Lines, reason: str, until: datetime, now: datetime) -> Lines | None:
    """Return the lines with a stop until then, or None: a longer stop stays in force, unless it is one from before a
    clock was set back."""
    before = since_set_back(lines, now)
    if before.stopped_until is not None and before.stopped_until > until:
        return None
    return replace(before, stopped_until=until, stopped_because=reason)


def since_set_back(lines: Lines, now: datetime) -> Lines:
    """Return the lines as they are when a clock may have been set back: a stop that no fault can have caused since then
    is over, and the next start probes."""
    until = lines.stopped_until
    if until is None or until <= latest_stop(now) or lines.stopped_because == PAUSED:
        return lines
    return replace(lines, stopped_until=now)


def latest_stop(now: datetime) -> datetime:
    """Return until when a fault may have stopped all by now, on any node."""
    return now + STOPPED_FOR + AHEAD


def pace_at(lines: Lines, recovery: timedelta, now: datetime) -> float:
    """Return the share of the account's rate in force. After a slow-down it would take `recovery` to rise from
    nothing to the full rate. A slow-down from before a clock was set back is over."""
    if lines.paced_at is None or lines.paced_at > now + FARTHEST_START:
        return 1.0
    return min(1.0, lines.pace + max(0.0, (now - lines.paced_at) / recovery))


def repeat_after(sends: int, retry_after_s: float | None) -> timedelta:
    """Return how long a call or SMS that was proven not sent waits before it is posted again: longer each time, and at
    least as long as the provider asks. `sends`: how often it was proven not sent before."""
    return timedelta(seconds=max(retry_after_s or 0.0, min(2.0 ** min(sends, 5), 30.0)))
