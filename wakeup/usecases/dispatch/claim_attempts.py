"""Take free lines, and claim due attempts for them. A claim is a lease: when its node dies the lease expires, so
no attempt gets stuck."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.attempt import ATTEMPT_TRANSITIONS, Attempt, AttemptEvent, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.pacing import AHEAD
from wakeup.domain.plan import CutOff, guard_rule_cut_off
from wakeup.domain.states import move
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.ladder.plan_calls import suppress
from wakeup.usecases.ringing.pacing import AccountLimits, Granted, give_back, take_lines
from wakeup.usecases.unit import Unit

LOOK_AGAIN = timedelta(seconds=1)
NONE_RESTING: frozenset[AttemptId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to post this attempt, valid as long as its token is."""

    attempt_id: AttemptId
    token: str
    starts_at: datetime
    """When it may be posted, and not earlier."""


def lines_for_the_due(unit: Unit, dialling: Dialling, limit: int, now: datetime) -> Granted:
    """Grant at most as many lines as attempts are due. If there are none, say when to look again."""
    due = unit.waiting.due(now, limit)
    if due == 0:
        return Granted(again_at=unit.waiting.next_due(now))
    granted = take_lines(unit, dialling.account, due, now, dialling.refused_at)
    if granted.count == 0 and granted.stopped_because is None:
        # No `again_at` means that all lines are in use; the end of a call wakes the loop.
        unit.wakes.add("plan")
    return granted


def attempts_to_claim(
    unit: Unit, account: AccountLimits, limit: int, now: datetime, resting: Collection[AttemptId]
) -> list[AttemptId]:
    """Return the attempts to claim one by one with `claim_one`, each in its own transaction, after claiming them
    together failed."""
    return [attempt.id for attempt in choose(unit, account, limit, 0, now, resting)]


def claim_one(unit: Unit, dialling: Dialling, attempt_id: AttemptId, now: datetime) -> list[Claim]:
    """Take a line for this attempt and claim it. Returns no claim if no line is free or the attempt may no longer
    be claimed."""
    granted = take_lines(unit, dialling.account, 1, now, dialling.refused_at)
    if granted.count == 0:
        return []
    return claim_all(unit, dialling, [unit.attempts.get(attempt_id)], granted.starts, now)


def claim_all(
    unit: Unit, dialling: Dialling, chosen: Sequence[Attempt], starts: Sequence[datetime], now: datetime
) -> list[Claim]:
    """Claim each attempt that may still be claimed, and give unused starts back. Raises LockedError when another
    transaction holds the case of an attempt that was not locked when it was chosen: that transaction may wait for
    the account's lines, which are locked here."""
    claims: list[Claim] = []
    for found in chosen:
        with CaseFile(unit, unit.cases.lock_if_free(found.case_id), now) as file:
            if (claimed := claim(file, found, dialling.node)) is not None:
                unit.attempts.save(claimed)
                claims.append(claim_of(claimed, starts[len(claims)]))
    if len(claims) < len(starts):
        give_back(unit, dialling.account, starts[len(claims) :])
    return claims


def claim(file: CaseFile, found: Attempt, node: str) -> Attempt | None:
    """Return the attempt as claimed, for the caller to save, or None if it can no longer be claimed."""
    # The query may have read the attempt before the lock was taken; another node may have called meanwhile.
    attempt = file.unit.attempts.get(found.id)
    if attempt.state is not AttemptState.PLANNED:
        return None
    if attempt.latest_start < file.now:
        suppress(file, attempt, "window_too_short")
        plan_what_follows(file, attempt)
        return None
    lease_until = file.now + file.unit.policy.tempo.claim_lease
    file.note("attempt_claimed", attempt=attempt.id, node=node)
    return replace(
        attempt,
        state=move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.CLAIM),
        claimed_by=node,
        claim_token=file.unit.ids.new("clm"),
        lease_until=lease_until,
        check_at=lease_until,
    )


def claim_of(claimed: Attempt, starts_at: datetime) -> Claim:
    """Return the claim that belongs to the attempt, once it is saved."""
    assert claimed.claim_token is not None
    return Claim(attempt_id=claimed.id, token=claimed.claim_token, starts_at=starts_at)


def choose(
    unit: Unit,
    account: AccountLimits,
    limit: int,
    fair: int,
    now: datetime,
    resting: Collection[AttemptId] = NONE_RESTING,
) -> list[Attempt]:
    """Choose the attempts to call. If there are lines for all due attempts, that is all of them. Otherwise those come
    first for which a person waits on the line; about the others the plan decides, or the guard rule."""
    more = limit + 1
    everyone = _awake(unit.waiting.first_due(now, more + len(resting)), resting, more)
    if len(everyone) <= limit:
        return everyone
    unit.wakes.add("plan")
    unit.waiting.ripen(now)
    on_the_line = _awake(unit.waiting.on_the_line(now, limit + len(resting)), resting, limit)
    left, taken = limit - len(on_the_line), {*resting, *(attempt.id for attempt in on_the_line)}
    return [*on_the_line, *_by_plan(unit, account, left, min(fair, left), now, taken)]


def _awake(found: Sequence[Attempt], resting: Collection[AttemptId], most: int) -> list[Attempt]:
    return [attempt for attempt in found if attempt.id not in resting][:most]


def _by_plan(
    unit: Unit, account: AccountLimits, limit: int, fair: int, now: datetime, resting: Collection[AttemptId]
) -> list[Attempt]:
    """Choose among the attempts that nobody waits for on the line."""
    fairly = _awake(unit.waiting.by_fairness(now, fair + len(resting)), resting, fair) if fair else ()
    chosen = {attempt.id: attempt for attempt in fairly}
    for cut_off in _cut_offs(unit, account, now):
        if len(chosen) < limit:
            for attempt in _awake(unit.waiting.pressing(cut_off, now, limit + len(resting)), resting, limit):
                if len(chosen) < limit:
                    chosen[attempt.id] = attempt
        if chosen:
            break
    return list(chosen.values())


def _cut_offs(unit: Unit, account: AccountLimits, now: datetime) -> Iterator[CutOff]:
    """Yield the cut-off of the plan if it is fresh, then that of the guard rule: attempts that the plan left out
    may be called when no other attempt waits. A plan from before a clock was set back is not fresh."""
    overload = unit.policy.overload
    plan = unit.plans.get(account.name)
    if plan is not None and now - overload.plan_stale <= plan.made_at <= now + AHEAD:
        yield CutOff(opens=plan.opens)
    best = unit.waiting.best_class(now)
    if best is not None:
        yield guard_rule_cut_off(best, overload.guard, now)
