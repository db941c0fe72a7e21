"""The last checks before a phone rings, and the committed intent without which nothing is ever posted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from wakeup.domain.attempt import (
    ATTEMPT_TRANSITIONS,
    Attempt,
    AttemptEvent,
    AttemptState,
)
from wakeup.domain.party import Party
from wakeup.domain.states import move
from wakeup.domain.transfer import Tier, TransferState
from wakeup.domain.window import may_ring, next_ringing_hour
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.choosing import pick
from wakeup.usecases.claim_attempts import Claim
from wakeup.usecases.plan_calls import plan_next_call, suppress
from wakeup.usecases.ports import CallOrder
from wakeup.usecases.unit import Unit

CALL_CODE_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Committed: this call is about to be posted, once."""

    order: CallOrder = field(repr=False)
    valid_for: timedelta
    """The POST must follow within this time of the commit."""


def write_intent(unit: Unit, claim: Claim, from_numbers: tuple[str, ...], now: datetime) -> Intent | None:
    """Check everything again, then commit `sending`. None when this attempt must not, or need not, ring now."""
    case = unit.cases.lock_of(claim.attempt_id)
    if case is None:
        return None
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(claim.attempt_id)
        if not _still_ours(attempt, claim, now):
            return None
        party = unit.parties.get(attempt.party_id, file.case.customer_id)
        if reason := _refusal(file, attempt, party):
            suppress(file, attempt, reason)
            plan_next_call(file, replace(attempt, state=AttemptState.SUPPRESSED))
            return None
        if _postponed(file, attempt) or _number_busy(file, attempt):
            return None
        return _intend(file, attempt, party, from_numbers)


def _still_ours(attempt: Attempt, claim: Claim, now: datetime) -> bool:
    ours = attempt.state is AttemptState.CLAIMED and attempt.claim_token == claim.token
    return ours and attempt.lease_until is not None and now < attempt.lease_until


def _refusal(file: CaseFile, attempt: Attempt, party: Party) -> str | None:
    """Why this number must not be rung at all, or None."""
    calling, now = file.unit.policy.calling, file.now
    transfers = file.transfers()
    rung = file.unit.attempts.rung_since(attempt.number_index, now - timedelta(days=1))
    checks = (
        (
            not any(t.state is TransferState.PENDING for t in transfers),
            "nothing_pending",
        ),
        (file.case.no_calls, "opt_out"),
        (not party.ringable, "number_suspicious"),
        (attempt.latest_start < now, "window_too_short"),
        (
            party.line_type not in calling.destinations.get(party.region, frozenset()),
            "destination_refused",
        ),
        (rung >= calling.max_calls_per_number_day, "cap"),
    )
    return next((reason for refused, reason in checks if refused), None)


def _postponed(file: CaseFile, attempt: Attempt) -> bool:
    """Outside decent hours only a critical case rings; another waits for the morning if its window allows."""
    calling, now, zone = file.unit.policy.calling, file.now, file.case.timezone
    if may_ring(now, zone, calling):
        return False
    if file.case.tier is Tier.CRITICAL:
        file.note("quiet_hours_overridden", attempt=attempt.id, tier=file.case.tier)
        return False
    opens = next_ringing_hour(now, zone, calling)
    if opens > attempt.latest_start:
        suppress(file, attempt, "quiet_hours")
        return True
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LEASE_LOST)
    file.unit.attempts.save(unclaimed(attempt, state, opens))
    file.note("attempt_postponed", attempt=attempt.id, due_at=opens.isoformat())
    file.unit.wakes.add("dispatch")
    return True


def _number_busy(file: CaseFile, attempt: Attempt) -> bool:
    """Another call of ours to this number is alive, for whichever customer: wait for its end."""
    if not file.unit.attempts.number_is_live(attempt.number_index):
        return False
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LEASE_LOST)
    file.unit.attempts.save(unclaimed(attempt, state, attempt.due_at))
    file.note("attempt_waits", attempt=attempt.id, reason="number_live")
    return True


def unclaimed(attempt: Attempt, state: AttemptState, due_at: datetime) -> Attempt:
    """The attempt, planned again, with no trace of its claim."""
    return replace(
        attempt, state=state, due_at=due_at, claimed_by=None, claim_token=None, lease_until=None,
        check_at=None, intent_at=None, from_number=None, call_code=None,
    )  # fmt: skip


def _intend(file: CaseFile, attempt: Attempt, party: Party, from_numbers: tuple[str, ...]) -> Intent:
    unit, calling, tempo = file.unit, file.unit.policy.calling, file.unit.policy.tempo
    # The same customer always sees the same number of ours.
    chosen = from_numbers[pick(unit.index("from", file.case.customer_id), len(from_numbers))]
    unit.attempts.save(
        replace(
            attempt,
            state=move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.INTEND),
            from_number=chosen,
            intent_at=file.now,
            check_at=file.now + tempo.sending_patience,
            call_code=unit.ids.digits(CALL_CODE_DIGITS),
        )
    )
    file.note("call_intended", attempt=attempt.id)
    unit.wakes.add("reconcile")
    order = CallOrder(
        attempt_id=attempt.id,
        to=party.phone,
        from_=chosen,
        ring_timeout_s=int(calling.ring_timeout.total_seconds()),
        time_limit_s=int(calling.time_limit.total_seconds()),
    )
    return Intent(order=order, valid_for=tempo.post_within)
