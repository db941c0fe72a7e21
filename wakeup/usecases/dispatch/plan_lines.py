"""Plan the lines under overload: one planner with a lease looks at all waiting attempts and publishes which of
them will get a line."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.attempt import AttemptState
from wakeup.domain.ids import AttemptId
from wakeup.domain.pacing import AHEAD
from wakeup.domain.plan import Capacity, plan_cut_off
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.due import Due
from wakeup.usecases.ladder.plan_calls import suppress
from wakeup.usecases.records import CallPlan
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.unit import Unit

PRIOR_STARTS = 20.0
"""Weight of the policy's assumed call length, in measured calls."""
HALF_LIFE = timedelta(minutes=10)
LONGEST_GAP = timedelta(seconds=10)
"""After a longer gap between two plans, or when a clock was set back, it is unknown how many lines were in use
meanwhile."""


def make_plan(unit: Unit, account: AccountLimits, node: str, now: datetime) -> CallPlan | None:
    """Return the plan for the attempts that wait now, or None if none is due or another node plans. A query:
    nothing is written."""
    due = unit.waiting.next_due(now)
    current = unit.plans.get(account.name)
    if due is None or due > now or (current is not None and not _may_plan(current, node, now)):
        return None
    overload, in_use, granted = unit.policy.overload, unit.attempts.lines_in_use(), unit.lines.granted(account.name)
    line_seconds, starts = _measured(current, in_use, granted, now)
    prior = overload.call_length.total_seconds() * PRIOR_STARTS
    capacity = Capacity(
        free=max(0, account.max_concurrent - in_use),
        lines=account.max_concurrent,
        call_length=timedelta(seconds=(prior + line_seconds) / (PRIOR_STARTS + starts)),
        per_second=account.calls_per_second,
        share=overload.share,
    )
    return CallPlan(
        account=account.name,
        planner=node,
        lease_until=now + overload.plan_stale,
        made_at=now,
        opens=plan_cut_off(unit.waiting.counted(now), capacity, now).opens,
        line_seconds=line_seconds,
        starts=starts,
        granted=granted,
    )


def publish_plan(unit: Unit, fresh: CallPlan, now: datetime) -> bool:
    """Put the plan in force. Returns False if another node took the lease meanwhile."""
    current = unit.plans.lock(fresh.account)
    if current is not None and not _may_plan(current, fresh.planner, now):
        return False
    unit.plans.save(fresh)
    unit.wakes.add("dispatch")
    return True


def late_attempts(unit: Unit, now: datetime, limit: int) -> Due[AttemptId]:
    """Return the attempts whose latest start has passed."""
    return Due(found=unit.waiting.late(now, limit), next_due=None)


def give_up_late(unit: Unit, attempt_id: AttemptId, now: datetime) -> None:
    """Suppress an attempt whose latest start has passed, and go on with the ladder."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        if attempt.state is AttemptState.PLANNED and attempt.latest_start < now:
            suppress(file, attempt, "window_too_short")
            plan_what_follows(file, attempt)


def _may_plan(current: CallPlan, node: str, now: datetime) -> bool:
    """True if the lease is this node's, is over, or was taken before a clock was set back."""
    return current.planner == node or current.lease_until <= now or current.made_at > now + AHEAD


def _measured(before: CallPlan | None, in_use: int, granted: int, now: datetime) -> tuple[float, float]:
    """Return line-seconds and call starts so far, older ones fading with `HALF_LIFE`. While lines are short, their
    ratio is the mean length of a call."""
    if before is None:
        return 0.0, 0.0
    gap = now - before.made_at
    fades = 0.5 ** max(0.0, gap / HALF_LIFE)
    line_seconds, starts = before.line_seconds * fades, before.starts * fades
    if not -AHEAD <= gap <= LONGEST_GAP:
        return line_seconds, starts
    return line_seconds + in_use * gap.total_seconds(), starts + max(0, granted - before.granted)
