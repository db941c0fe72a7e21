"""Take free lines, and claim the due attempts to use them. A claim is a lease: lost with its node, never stuck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wakeup.domain.attempt import ATTEMPT_TRANSITIONS, AttemptEvent, AttemptState
from wakeup.domain.ids import AttemptId
from wakeup.domain.states import move
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.plan_calls import plan_next_call, suppress
from wakeup.usecases.records import Lines
from wakeup.usecases.unit import Unit

LOOK_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The provider account's limits."""

    name: str
    calls_per_second: float
    max_concurrent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """How many calls may start now; if none, when to ask again."""

    count: int
    again_at: datetime | None = None
    stopped_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to post this attempt, while the token is valid."""

    attempt_id: AttemptId
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The claims made now; if there are none, when to look again (None: when something wakes us)."""

    claims: tuple[Claim, ...] = ()
    again_at: datetime | None = None


def claim_due(unit: Unit, account: Account, node: str, limit: int, now: datetime) -> Claimed:
    """Take lines and claim what is due, in one transaction: a grant that claims nothing is never written."""
    due = unit.attempts.next_due(now)
    if due is None or due > now:
        return Claimed(again_at=due)
    granted = take_lines(unit, account, limit, now)
    if granted.count == 0:
        # Without a time to come again all lines are in use: the end of a call wakes us.
        return Claimed(again_at=granted.again_at)
    claims = claim_attempts(unit, account, node, granted.count, now)
    # Without claims others hold the cases, or what was due had run out of time: look again, without spinning.
    return Claimed(claims=tuple(claims), again_at=None if claims else now + LOOK_AGAIN)


def take_lines(unit: Unit, account: Account, want: int, now: datetime) -> Granted:
    """Grant call starts: never more than the account's rate in any second, never more than its lines at once."""
    lines = unit.lines.lock(account.name)
    if lines.stopped_until is not None and now < lines.stopped_until:
        return Granted(count=0, again_at=lines.stopped_until, stopped_because=lines.stopped_because)
    rate = account.calls_per_second
    span = timedelta(seconds=1 if rate >= 1 else 1 / rate)
    recent = tuple(at for at in lines.recent if at > now - span)
    by_rate = max(1, int(rate)) - len(recent)
    by_line = account.max_concurrent - unit.attempts.lines_in_use()
    count = max(0, min(want, by_rate, by_line))
    unit.lines.save(
        replace(
            lines,
            recent=recent + (now,) * count,
            stopped_until=None,
            stopped_because=None,
        )
    )
    again_at = recent[0] + span if recent and by_rate <= 0 else None
    return Granted(count=count, again_at=again_at)


def claim_attempts(unit: Unit, account: Account, node: str, limit: int, now: datetime) -> list[Claim]:
    """Claim up to `limit` due attempts for this node; lines granted and not used are given back."""
    claims: list[Claim] = []
    for found in unit.attempts.claimable(now, limit):
        with CaseFile(unit, unit.cases.lock(found.case_id), now) as file:
            # What the query saw may be older than the lock: somebody else may have rung meanwhile.
            attempt = unit.attempts.get(found.id)
            if attempt.state is not AttemptState.PLANNED:
                continue
            if attempt.latest_start < now:
                suppress(file, attempt, "window_too_short")
                plan_next_call(file, attempt)
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
            claims.append(Claim(attempt_id=attempt.id, token=token))
    if len(claims) < limit:
        _give_back(unit, account, limit - len(claims))
    return claims


def stop_dialling(unit: Unit, account_name: str, reason: str, until: datetime) -> None:
    """The account or our configuration is at fault: ring nobody until then."""
    lines = unit.lines.lock(account_name)
    unit.lines.save(replace(lines, stopped_until=until, stopped_because=reason))
    unit.wakes.add("alarm:dialling_stopped")


def _give_back(unit: Unit, account: Account, count: int) -> None:
    lines: Lines = unit.lines.lock(account.name)
    unit.lines.save(replace(lines, recent=lines.recent[: max(0, len(lines.recent) - count)]))
