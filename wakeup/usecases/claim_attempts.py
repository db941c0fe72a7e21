"""Take free lines, and claim the due attempts to use them. A claim is a lease: lost with its node, never stuck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from wakeup.domain.attempt import ATTEMPT_TRANSITIONS, Attempt, AttemptEvent, AttemptState
from wakeup.domain.ids import AttemptId
from wakeup.domain.plan import CutOff, everybody, guard
from wakeup.domain.states import move
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.next_ringing import plan_what_follows
from wakeup.usecases.pacing import Account, give_back, take_lines
from wakeup.usecases.plan_calls import suppress
from wakeup.usecases.unit import Unit

LOOK_AGAIN = timedelta(seconds=1)
EVERYBODY = everybody(datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to post this attempt, while the token is valid."""

    attempt_id: AttemptId
    token: str
    granted_at: datetime
    """When its line was granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The claims made now; if there are none, when to look again (None: when something wakes us)."""

    claims: tuple[Claim, ...] = ()
    again_at: datetime | None = None


def claim_due(unit: Unit, account: Account, node: str, limit: int, now: datetime) -> Claimed:
    """Take lines and claim what is due, in one transaction: a grant that claims nothing is never written."""
    due = unit.waiting.next_due(now)
    if due is None or due > now:
        return Claimed(again_at=due)
    granted = take_lines(unit, account, limit, now)
    if granted.count == 0:
        # Without a time to come again all lines are in use: the end of a call wakes us.
        if granted.stopped_because is None:
            unit.wakes.add("plan")
        return Claimed(again_at=granted.again_at)
    claims = claim_attempts(unit, account, node, granted.count, now, granted.by_turn)
    # Without claims others hold the cases, or what was due had run out of time: look again, without spinning.
    return Claimed(claims=tuple(claims), again_at=None if claims else now + LOOK_AGAIN)


def claim_attempts(unit: Unit, account: Account, node: str, limit: int, now: datetime, by_turn: int = 0) -> list[Claim]:
    """Claim up to `limit` due attempts for this node; lines granted and not used are given back."""
    unit.waiting.ripen(now)
    claims: list[Claim] = []
    for found in _chosen(unit, account, limit, by_turn, now):
        with CaseFile(unit, unit.cases.lock(found.case_id), now) as file:
            # What the query saw may be older than the lock: somebody else may have rung meanwhile.
            attempt = unit.attempts.get(found.id)
            if attempt.state is not AttemptState.PLANNED:
                continue
            if attempt.latest_start < now:
                suppress(file, attempt, "window_too_short")
                plan_what_follows(file, attempt)
                continue
            token = unit.ids.new("clm")
            claimed = replace(
                attempt,
                state=move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.CLAIM),
                claimed_by=node,
                claim_token=token,
                lease_until=now + unit.policy.tempo.claim_lease,
                check_at=now + unit.policy.tempo.claim_lease,
            )
            unit.attempts.save(claimed)
            file.note("attempt_claimed", attempt=attempt.id, node=node)
            claims.append(Claim(attempt_id=attempt.id, token=token, granted_at=now))
    if len(claims) < limit:
        give_back(unit, account, limit - len(claims), now)
    return claims


def _chosen(unit: Unit, account: Account, limit: int, by_turn: int, now: datetime) -> list[Attempt]:
    """Whom to ring. While there are lines for everybody that is everybody; else the plan says, or the guard rule."""
    everyone = unit.waiting.pressing(EVERYBODY, now, limit + 1)
    if len(everyone) <= limit:
        return list(everyone)
    unit.wakes.add("plan")
    chosen = {attempt.id: attempt for attempt in (unit.waiting.by_turn(now, by_turn) if by_turn else ())}
    for cut_off in _cut_offs(unit, account, now):
        for attempt in unit.waiting.pressing(cut_off, now, limit) if len(chosen) < limit else ():
            if len(chosen) < limit:
                chosen[attempt.id] = attempt
        if chosen:
            break
    return list(chosen.values())


def _cut_offs(unit: Unit, account: Account, now: datetime) -> Iterator[CutOff]:
    """The fresh plan's, if there is one; then the guard rule's, for what the plan left out may ring when nobody else
    waits."""
    overload = unit.policy.overload
    plan = unit.plans.get(account.name)
    if plan is not None and now - plan.made_at <= overload.plan_stale:
        yield CutOff(opens=plan.opens)
    best = unit.waiting.best_worth(now)
    if best is not None:
        yield guard(best, overload.guard, now)
