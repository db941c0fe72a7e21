"""Claim what is due. On an idle service that is one attempt, and its intent is written in the same transaction,
which saves a commit between the event and the ringing. Several claims get one intent transaction each, so that one
which loses a race for its number does not take the others along."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.attempt import ATTEMPT_TRANSITIONS, AttemptEvent
from wakeup.domain.ids import AttemptId
from wakeup.domain.states import move
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.dispatch.claim_attempts import (
    LOOK_AGAIN,
    NONE_RESTING,
    Claim,
    choose,
    claim,
    claim_all,
    claim_of,
    lines_for_the_due,
)
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.write_intent import Intent, intend, still_claimed, unclaimed
from wakeup.usecases.ringing.pacing import AccountLimits, give_back
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What to do now, or when to look again (None: when the loop is woken)."""

    intent: Intent | None = None
    """The call to post."""
    starts_at: datetime | None = None
    """When it may be posted, and not earlier."""
    claims: tuple[Claim, ...] = ()
    """Claims whose intents are still to be written."""
    more_due: bool = False
    """True if more may be due, and may start now."""
    again_at: datetime | None = None


def start_due(
    unit: Unit, dialling: Dialling, limit: int, now: datetime, resting: Collection[AttemptId] = NONE_RESTING
) -> Started:
    """Take lines, claim the due attempts that are not in `resting`, and write the intent if there is a single
    claim. Raises ConstraintError when that intent lost a race."""
    account = dialling.account
    granted = lines_for_the_due(unit, dialling, limit, now)
    if granted.count == 0:
        return Started(again_at=granted.again_at)
    chosen = choose(unit, account, granted.count, granted.fair, now, resting)
    if len(chosen) != 1:
        claims = claim_all(unit, dialling, chosen, granted.starts, now)
        return Started(claims=tuple(claims), more_due=bool(claims), again_at=None if claims else now + LOOK_AGAIN)
    [found] = chosen
    with CaseFile(unit, unit.cases.lock(found.case_id), now) as file:
        claimed = claim(file, found, dialling.node)
        if claimed is not None and unit.customers.lock_if_free(file.case.customer_id) is None:
            # The customer is locked elsewhere. To wait here would block every node that starts calls, since the
            # account's lines are locked; the intent waits in a transaction of its own.
            unit.attempts.save(claimed)
            if granted.count > 1:
                give_back(unit, account, granted.starts[1:])
            return Started(claims=(claim_of(claimed, granted.starts[0]),), more_due=True)
        intent = None if claimed is None else intend(file, claimed, dialling.from_numbers)
    unused = granted.starts if intent is None else granted.starts[1:]
    if unused:
        give_back(unit, account, unused)
    if intent is None:
        return Started(more_due=True)
    # Find out here whether more is due: another look would take time before the phone rings.
    next_due = unit.waiting.next_due(now)
    more_due = next_due is not None and next_due <= now
    if more_due and not unused and granted.again_at is not None and granted.again_at > now:
        # The next start is some time off, and nothing can be found before.
        more_due, next_due = False, granted.again_at
    return Started(intent=intent, starts_at=granted.starts[0], more_due=more_due, again_at=next_due)


def return_start(unit: Unit, account: AccountLimits, claim: Claim) -> None:
    """Give back the call start of a claim from which no intent came, for another attempt. Runs in a transaction of
    its own because of the lock order: starting a single call locks the lines first and the region's budget last."""
    give_back(unit, account, (claim.starts_at,))
    unit.wakes.add("dispatch")


def return_claim(unit: Unit, account: AccountLimits, claim: Claim, now: datetime) -> None:
    """Give back a claim whose intent could not be written, and its call start: another node may be able to call."""
    case = unit.cases.lock_of(claim.attempt_id)
    if case is not None:
        with CaseFile(unit, case, now) as file:
            attempt = unit.attempts.get(claim.attempt_id)
            if still_claimed(attempt, claim, now):
                state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LEASE_LOST)
                unit.attempts.save(unclaimed(attempt, state, attempt.due_at))
                file.note("lease_lost", attempt=attempt.id, node=attempt.claimed_by)
    return_start(unit, account, claim)
