"""The account's call rate and lines, shared by all nodes through one locked row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace
from wakeup.usecases.records import Lines
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

AHEAD = timedelta(seconds=1)
"""How far another node's clock may be ahead of ours. A start later than that was granted before a clock was set back:
it must not keep all phones silent until the clock has caught up."""
SLOWEST = 0.05
"""Share of the rate that always remains, however often the provider says "too fast"."""
TURN_OF_OTHERS = timedelta(seconds=10)
"""For this long after a stop, the node whose own call was refused leaves the probe to the other nodes: its token or
numbers alone may be wrong."""
REST_OF_ONE = timedelta(minutes=5)
"""For this long after its refusal, that node makes no calls once another node's call has gone through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The provider account's limits."""

    name: str
    calls_per_second: float
    max_concurrent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """How many calls may start now. If none, when to ask again."""

    count: int
    by_turn: int = 0
    """How many of them serve attempts by turn, whatever their value."""
    again_at: datetime | None = None
    stopped_because: str | None = None


def take_lines(unit: Unit, account: Account, want: int, now: datetime, refused_at: datetime | None = None) -> Granted:
    """Grant call starts: never more than the account's rate within any second, and never more than its lines at
    once.

    `refused_at`: when the newest call of the node that asks was refused because of the account or configuration.
    """
    lines = unit.lines.lock(account.name)
    stopped_until = _stopped_until(lines, refused_at, now)
    if stopped_until is not None and now < stopped_until:
        return Granted(count=0, again_at=stopped_until, stopped_because=lines.stopped_because)
    rate = account.calls_per_second * pace_at(lines, unit.policy.tempo.pace_recovery, now)
    span = timedelta(seconds=1 if rate >= 1 else 1 / rate)
    # Another node's clock may be slightly ahead: a start that it was granted counts until the span has passed by
    # our clock.
    recent = tuple(at for at in lines.recent if now - span < at <= now + AHEAD)
    by_rate = max(1, int(rate)) - len(recent)
    by_line = account.max_concurrent - unit.attempts.lines_in_use()
    probes = lines.stopped_until is not None
    count = max(0, min(want, 1 if probes else want, by_rate, by_line))
    if count:
        # A probe has the whole span to itself. If the provider has not accepted a call by the end of it, the next
        # call probes.
        used = by_rate if probes else count
        lines = replace(lines, granted=lines.granted + count)
        recent += (now,) * used
    unit.lines.save(replace(lines, recent=recent))
    again_at = min(recent) + span if recent and by_rate <= 0 else None
    share = unit.policy.overload.share
    by_turn = int(lines.granted * share) - int((lines.granted - count) * share)
    return Granted(count=count, by_turn=by_turn, again_at=again_at)


def _stopped_until(lines: Lines, refused_at: datetime | None, now: datetime) -> datetime | None:
    """Return until when the node that was refused at `refused_at` makes no calls."""
    if refused_at is None or refused_at > now + AHEAD or lines.stopped_because is None:
        return lines.stopped_until
    return refused_at + REST_OF_ONE if lines.stopped_until is None else lines.stopped_until + TURN_OF_OTHERS


def give_back(unit: Unit, account: Account, count: int, at: datetime) -> None:
    """Give back `count` of the starts granted at `at` that were not used. Starts granted at other times still
    count."""
    lines = unit.lines.lock(account.name)
    left = list(lines.recent)
    for _ in range(min(count, left.count(at))):
        left.remove(at)
    unit.lines.save(replace(lines, recent=tuple(left), granted=lines.granted - count))


def stop_dialling(unit: Unit, account_name: str, reason: str, until: datetime) -> None:
    """Make no calls until `until`, because of an account or configuration fault or on a supervisor's order. A
    longer stop stays in force."""
    lines = unit.lines.lock(account_name)
    if lines.stopped_until is not None and lines.stopped_until > until:
        return
    unit.lines.save(replace(lines, stopped_until=until, stopped_because=reason))
    unit.wakes.add(alarm("dialling_stopped"))


def resume_dialling(unit: Unit, account_name: str) -> Lines:
    """End a stop. Returns the lines as they were before."""
    lines = unit.lines.lock(account_name)
    unit.lines.save(replace(lines, stopped_until=None, stopped_because=None))
    unit.wakes.add("dispatch")
    return lines


def gone_through(unit: Unit, account_name: str, posted: datetime | None) -> None:
    """Record that the provider accepted what was posted at `posted`. If that was after a stop ran out, probing
    ends and the full rate is allowed, even if that call ends at once. Locks nothing if there was no stop.

    The reason stays: a node that was refused since knows by it that another node got through.
    """
    if not _after_stop(unit.lines.stopped_until(account_name), posted):
        return
    lines = unit.lines.lock(account_name)
    if _after_stop(lines.stopped_until, posted):
        unit.lines.save(replace(lines, stopped_until=None))


def _after_stop(stopped_until: datetime | None, posted: datetime | None) -> bool:
    return stopped_until is not None and posted is not None and posted >= stopped_until


def slow_down(unit: Unit, account_name: str, intended_at: datetime, now: datetime) -> bool:
    """Halve the pace because the provider says that we are too fast; it then recovers gradually. One burst halves
    it once: calls already under way when it was halved do not count. Returns whether it was halved."""
    lines = unit.lines.lock(account_name)
    if lines.paced_at is not None and intended_at <= lines.paced_at:
        return False
    pace = pace_at(lines, unit.policy.tempo.pace_recovery, now)
    unit.lines.save(replace(lines, pace=max(SLOWEST, pace / 2), paced_at=now))
    return True


def pace_at(lines: Lines, recovery: timedelta, now: datetime) -> float:
    """Return the share of the account's rate in force. After a slow-down it would take `recovery` to rise from
    nothing to the full rate."""
    if lines.paced_at is None:
        return 1.0
    return min(1.0, lines.pace + max(0.0, (now - lines.paced_at) / recovery))
