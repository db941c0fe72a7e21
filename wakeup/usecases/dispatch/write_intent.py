"""Run the last checks before a phone rings, and commit the intent. Nothing is ever posted without a committed
intent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.attempt import (
    ATTEMPT_TRANSITIONS,
    Attempt,
    AttemptEvent,
    AttemptState,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.party import Party, Role
from wakeup.domain.states import move
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.dispatch.claim_attempts import Claim
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.ladder.plan_calls import suppress
from wakeup.usecases.ports import CallOrder
from wakeup.usecases.ringing.last_checks import Refusal, Wait, count_one_by_one, over_budget, reason_to_wait, refusal
from wakeup.usecases.ringing.senders import next_healthy, sender_for
from wakeup.usecases.unit import Unit

CALL_CODE_DIGITS = 4
EASILY_TOLD_APART = "02345689"
"""一 and 七 sound alike on a phone line. Four digits out of eight are enough: a code is worthless after its call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A committed intent: this call is about to be posted, once."""

    order: CallOrder = field(repr=False)
    valid_for: timedelta
    """The POST must begin within this time after the commit."""


def write_intent(unit: Unit, claim: Claim, from_numbers: tuple[str, ...], now: datetime) -> Intent | None:
    """Check everything again, then commit `sending`. Returns None if this attempt must not, or need not, be called
    now."""
    case = unit.cases.lock_of(claim.attempt_id)
    if case is None:
        return None
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(claim.attempt_id)
        if not still_claimed(attempt, claim, now):
            return None
        unit.customers.lock(file.case.customer_id)
        return intend(file, attempt, from_numbers)


def intend(file: CaseFile, attempt: Attempt, from_numbers: tuple[str, ...]) -> Intent | None:
    """Do the work of `write_intent` for an attempt that this transaction has claimed, whether it is saved yet or
    not; it is saved here in its new state.

    The caller has locked the customer, so that of two calls to two of the customer's numbers, for two cases, one
    sees the other.
    """
    party = file.unit.parties.get(attempt.party_id, file.case.customer_id)
    if party.role is not Role.AGENT:
        count_one_by_one(file.unit, attempt.number_index, party.region)
    if refused := refusal(file, attempt, party, from_numbers):
        _refuse(file, attempt, refused)
    elif asked := reason_to_wait(file, attempt, party):
        _waits(file, attempt, asked)
    elif file.unit.attempts.number_is_live(attempt.number_index):
        _wait_for_number(file, attempt)
    elif (sender := sender_for(file, from_numbers)) is None:
        _waits(file, attempt, Wait(reason="no_sender", until=next_healthy(file, from_numbers)))
    elif asked := over_budget(file, party):
        _waits(file, attempt, asked)
    else:
        return _sending(file, attempt, party, sender)
    return None


def still_claimed(attempt: Attempt, claim: Claim, now: datetime) -> bool:
    """Return True if nothing but this claim has happened to the attempt, and its lease has not ended."""
    claimed = attempt.state is AttemptState.CLAIMED and attempt.claim_token == claim.token
    return claimed and attempt.lease_until is not None and now < attempt.lease_until


def _refuse(file: CaseFile, attempt: Attempt, refused: Refusal) -> None:
    suppress(file, attempt, refused.reason, **refused.facts)
    plan_what_follows(file, replace(attempt, state=AttemptState.SUPPRESSED))


def _waits(file: CaseFile, attempt: Attempt, asked: Wait) -> None:
    """Plan the attempt again for later, or suppress it if its window does not allow that. The timeline says why."""
    if asked.until > attempt.latest_start:
        _refuse(file, attempt, Refusal(reason=asked.reason, facts=asked.facts))
        return
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LEASE_LOST)
    file.unit.attempts.save(unclaimed(attempt, state, asked.until))
    due = asked.until.isoformat()
    file.note("attempt_postponed", attempt=attempt.id, reason=asked.reason, due_at=due, **asked.facts)
    file.unit.wakes.add("dispatch")


def _wait_for_number(file: CaseFile, attempt: Attempt) -> None:
    """Plan the attempt again, to wait for the end of another call of ours to the same number, whichever customer
    that call is for."""
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LEASE_LOST)
    file.unit.attempts.save(unclaimed(attempt, state, attempt.due_at))
    file.note("attempt_waits", attempt=attempt.id, reason="number_live")


def unclaimed(attempt: Attempt, state: AttemptState, due_at: datetime) -> Attempt:
    """Return the attempt as planned again, without any trace of its claim."""
    return replace(
        attempt, state=state, due_at=due_at, claimed_by=None, claim_token=None, lease_until=None,
        check_at=None, intent_at=None, from_number=None, call_code=None,
    )  # fmt: skip


def _patience(unit: Unit, party: Party) -> timedelta:
    """Return how long the phone rings. An agent's phone rings no longer than an offer lasts, because a customer
    waits."""
    calling, people = unit.policy.calling, unit.policy.people
    return min(calling.ring_timeout, people.offer) if party.role is Role.AGENT else calling.ring_timeout


def _sending(file: CaseFile, attempt: Attempt, party: Party, sender: str) -> Intent:
    unit, calling, tempo = file.unit, file.unit.policy.calling, file.unit.policy.tempo
    unit.attempts.save(
        replace(
            attempt,
            state=move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.INTEND),
            from_number=sender,
            intent_at=file.now,
            check_at=file.now + tempo.sending_patience,
            call_code=unit.ids.digits(CALL_CODE_DIGITS, EASILY_TOLD_APART),
        )
    )
    file.note("call_intended", attempt=attempt.id)
    unit.wakes.add("reconcile")
    order = CallOrder(
        attempt_id=attempt.id,
        to=party.phone,
        from_=sender,
        ring_timeout_s=int(_patience(unit, party).total_seconds()),
        time_limit_s=int(calling.line_limit.total_seconds()),
    )
    return Intent(order=order, valid_for=tempo.post_within)
