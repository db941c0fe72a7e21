"""Record what became of the one POST: the call is bound, to be posted again, refused for good, or unknown and to
be asked about."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import (
    ATTEMPT_TRANSITIONS,
    Attempt,
    AttemptEvent,
    AttemptState,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.pacing import STOPPED_FOR, repeat_after
from wakeup.domain.states import move
from wakeup.usecases.case.calls import advance_call, bind, end_attempt
from wakeup.usecases.case.stop_calls import recheck_placed_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.nothing_left import nothing_left
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.dispatch.write_intent import unclaimed
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.ringing.last_checks import return_budget
from wakeup.usecases.ringing.pacing import gone_through, slow_down, stop_dialling
from wakeup.usecases.ringing.senders import rest_sender
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm


def record_placement(
    unit: Unit,
    account: str,
    attempt_id: AttemptId,
    placement: Placement,
    now: datetime,
    starts_at: datetime | None = None,
) -> str | None:
    """Record the result of the POST. Returns the SID of a call that must be cut, if the provider's answer names a
    foreign call.

    `starts_at`: the start that was granted to the call; None if that was the moment of its intent.
    """
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return placement.call_sid
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        if placement.proof is PostResult.ACCEPTED and placement.call_sid is not None:
            bound = bind(file, attempt, placement.call_sid)
            if bound is None:
                return placement.call_sid
            advance_call(file, bound, AttemptEvent.ACCEPT)
            gone_through(unit, account, bound.intent_at)
            _queued(file, account, starts_at or bound.intent_at, bound, placement)
            if nothing_left(file):
                recheck_placed_calls(file)
        elif attempt.state is AttemptState.SENDING and attempt.call_sid is None:
            # If a webhook came first, it already proves the call, and a lost answer to the POST adds nothing.
            _slow_down(file, account, starts_at or attempt.intent_at, placement)
            _not_placed(file, account, attempt, placement)
    return None


def lose_track(file: CaseFile, attempt: Attempt) -> None:
    """Mark the attempt as unknown: the POST may have reached the provider, so never post again, ask."""
    intended = attempt.intent_at or file.now
    first = file.unit.policy.tempo.unknown_checks[0]
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LOSE_TRACK)
    file.unit.attempts.save(replace(attempt, state=state, check_at=max(intended + first, file.now), checks=0))
    file.note("call_unknown", attempt=attempt.id)
    file.unit.wakes.add("reconcile")


def _not_placed(file: CaseFile, account: str, attempt: Attempt, placement: Placement) -> None:
    match placement.proof:
        case PostResult.NOT_SENT:
            _send_again(file, attempt, placement)
        case PostResult.REFUSED:
            _refused(file, account, attempt, placement)
        case _:
            lose_track(file, attempt)


def _send_again(file: CaseFile, attempt: Attempt, placement: Placement) -> None:
    # Lock the budget after the account's lines, in the order in which starting a call locks them.
    return_budget(file, attempt)
    due = file.now + repeat_after(attempt.sends, placement.retry_after_s)
    if due > attempt.latest_start:
        _end_failed(file, attempt, code=placement.code, number_at_fault=False)
        return
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.NOT_SENT)
    file.unit.attempts.save(replace(unclaimed(attempt, state, due), sends=attempt.sends + 1))
    file.note("call_not_sent", attempt=attempt.id, code=placement.code, due_at=due.isoformat())
    file.unit.wakes.add("dispatch")


def _refused(file: CaseFile, account: str, attempt: Attempt, placement: Placement) -> None:
    """Handle a definite refusal. If neither this number nor this call is at fault, the attempt keeps its turn and
    is posted again; after a stop of dialling it serves as the probe."""
    match placement.fault:
        case RefusalCause.ACCOUNT | RefusalCause.CONFIGURATION:
            reason = f"{placement.fault}:{placement.code} on {attempt.claimed_by}"
            stop_dialling(file.unit, account, reason, file.now + STOPPED_FOR, file.now)
            _send_again(file, attempt, replace(placement, retry_after_s=STOPPED_FOR.total_seconds()))
        case RefusalCause.SENDER | RefusalCause.PAIR:
            rest_sender(file, attempt, placement.code)
            _send_again(file, attempt, placement)
        case RefusalCause.CAPACITY:
            _send_again(file, attempt, placement)
        case fault:
            _end_failed(file, attempt, code=placement.code, number_at_fault=fault is RefusalCause.NUMBER)


def _slow_down(file: CaseFile, account: str, starts_at: datetime | None, placement: Placement) -> None:
    too_fast = placement.fault is RefusalCause.CAPACITY
    if too_fast and slow_down(file.unit, account, starts_at or file.now, file.now):
        file.note("slowed_down", code=placement.code)


def _queued(file: CaseFile, account: str, starts_at: datetime | None, attempt: Attempt, placement: Placement) -> None:
    """Slow down if the provider queues the call. The provider never refuses an account that is too fast: it accepts
    the call and dials minutes or hours later, when the call may be useless. So a queue longer than the policy
    allows counts as "too fast"."""
    if placement.queued_s is None or placement.queued_s <= file.unit.policy.tempo.provider_queue.total_seconds():
        return
    if slow_down(file.unit, account, starts_at or file.now, file.now):
        file.note("queued_at_provider", attempt=attempt.id, seconds=round(placement.queued_s))
        file.unit.wakes.add(alarm("provider_queue"))


def _end_failed(file: CaseFile, attempt: Attempt, *, code: int | None, number_at_fault: bool) -> None:
    refused = replace(attempt, contact=Contact.NOBODY, error_code=code, number_at_fault=number_at_fault)
    ended = end_attempt(file, refused, AttemptEvent.REFUSE, Disposition.FAILED)
    file.note("call_refused", attempt=attempt.id, code=code)
    plan_what_follows(file, ended)
