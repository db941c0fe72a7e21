"""The account's call rate and lines, shared by all nodes through one locked row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.pacing import AHEAD, FARTHEST_START, LEAD, Lines, grant, pace_at, since_set_back, stopped
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

SLOWEST = 0.05
"""Share of the rate that always remains, however often the provider says "too fast"."""
TURN_OF_OTHERS = timedelta(seconds=10)
"""For this long after a stop, the node whose own call or SMS was refused leaves the probe to the other nodes: its
token or numbers alone may be wrong."""
REST_OF_ONE = timedelta(minutes=5)
"""For this long after its refusal, that node calls, or texts, no one once another node has got through."""
MAY_BE_ITS_OWN = frozenset({RefusalCause.ACCOUNT, RefusalCause.CONFIGURATION})
"""Faults that a single node may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """The provider account's limits."""

    name: str
    calls_per_second: float
    max_concurrent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """When the calls may start that are granted."""

    starts: tuple[datetime, ...] = ()
    """In order: now, or a few milliseconds later."""
    fair: int = 0
    """How many of them serve attempts by their fair class, whatever their value."""
    again_at: datetime | None = None
    """When to ask for more. None if the end of a call says so."""
    stopped_because: str | None = None

    @property
    def count(self) -> int:
        return len(self.starts)


def take_lines(
    unit: Unit, account: AccountLimits, want: int, now: datetime, refused_at: datetime | None = None
) -> Granted:
    """Grant call starts: each as far from the one before as the account's rate asks, and never more than its lines
    at once.

    `refused_at`: when the newest call of the node that asks was refused because of the account or configuration.
    """
    lines = since_set_back(unit.lines.lock(account.name), now)
    stopped_until = stopped_for_node(lines, refused_at, now)
    if stopped_until is not None and now < stopped_until:
        return Granted(again_at=stopped_until, stopped_because=lines.stopped_because)
    rate = account.calls_per_second * pace_at(lines, unit.policy.tempo.pace_recovery, now)
    free = account.max_concurrent - unit.attempts.lines_in_use()
    found = grant(lines, rate, min(want, free), now, LEAD)
    if found.starts:
        unit.lines.save(found.lines)
    share = unit.policy.overload.share
    fair = int(found.lines.granted * share) - int(lines.granted * share)
    # Without a free line it is the end of a call that says when.
    again_at = found.again_at if free > 0 or found.stopped_because is not None else None
    return Granted(starts=found.starts, fair=fair, again_at=again_at, stopped_because=found.stopped_because)


def stopped_for_node(lines: Lines, refused_at: datetime | None, now: datetime) -> datetime | None:
    """Return until when the node that was refused at `refused_at` makes no calls, or sends no SMS."""
    if refused_at is None or refused_at > now + AHEAD or lines.stopped_because is None:
        return lines.stopped_until
    return refused_at + REST_OF_ONE if lines.stopped_until is None else lines.stopped_until + TURN_OF_OTHERS


def newest_refusal(
    placement: Placement, faults: frozenset[RefusalCause], before: datetime | None, now: datetime
) -> datetime | None:
    """Return when the node was last refused for a reason that may be its own (`faults`), until one of its POSTs is
    accepted."""
    if placement.proof is PostResult.ACCEPTED:
        return None
    return now if placement.proof is PostResult.REFUSED and placement.fault in faults else before


def give_back(unit: Unit, account: AccountLimits, starts: Collection[datetime]) -> None:
    """Give back these starts, which were granted and not used. All others still count."""
    lines = unit.lines.lock(account.name)
    left = tuple(at for at in lines.recent if at not in starts)
    unit.lines.save(replace(lines, recent=left, granted=lines.granted - len(starts)))


def stop_dialling(unit: Unit, account_name: str, reason: str, until: datetime, now: datetime) -> None:
    """Make no calls until `until`, because of an account or configuration fault or on a supervisor's order. A
    longer stop stays in force."""
    lines = stopped(unit.lines.lock(account_name), reason, until, now)
    if lines is not None:
        unit.lines.save(lines)
        unit.wakes.add(alarm("dialling_stopped"))


def resume_dialling(unit: Unit, account_name: str) -> Lines:
    """End a stop. Returns the lines as they were before."""
    lines = unit.lines.lock(account_name)
    unit.lines.save(replace(lines, stopped_until=None, stopped_because=None))
    # Customers may wait for an agent who can be called again.
    unit.wakes.update({"dispatch", "people"})
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


def slow_down(unit: Unit, account_name: str, starts_at: datetime, now: datetime) -> bool:
    """Halve the pace because the provider says that the call of this start was too fast; it then recovers gradually.
    One burst halves it once: calls already under way when it was halved do not count. Returns whether it was halved."""
    lines = unit.lines.lock(account_name)
    if lines.paced_at is not None and starts_at <= lines.paced_at <= now + FARTHEST_START:
        return False
    pace = pace_at(lines, unit.policy.tempo.pace_recovery, now)
    # Starts are granted ahead of their time: up to the last of them, no call knows of the new pace.
    last = max((at for at in lines.recent if at <= now + FARTHEST_START), default=now)
    unit.lines.save(replace(lines, pace=max(SLOWEST, pace / 2), paced_at=max(now, last)))
    return True
