"""Ask the provider before acting again: for leases that expired, calls whose placement is unknown, and final
statuses and recordings that are overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.attempt import (
    ATTEMPT_TRANSITIONS,
    OVER,
    Attempt,
    AttemptEvent,
    AttemptState,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition
from wakeup.domain.party import Party
from wakeup.domain.states import move
from wakeup.usecases.case.calls import end_attempt
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.rings_for_nobody import rings_for_nobody
from wakeup.usecases.conversation.conference_call import left_alone
from wakeup.usecases.conversation.missed_recordings import is_overdue
from wakeup.usecases.conversation.nothing_left import nothing_left
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.dispatch.record_placement import lose_track
from wakeup.usecases.dispatch.record_progress import after_call, apply_report
from wakeup.usecases.dispatch.running_calls import in_a_turn_until, next_question_at
from wakeup.usecases.dispatch.write_intent import unclaimed
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.ports import RemoteCall
from wakeup.usecases.unit import Unit

ASK_AGAIN = timedelta(seconds=20)
VANISHED_AFTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A question for the provider: fetch the call if its SID is known, otherwise search for it among our calls. For a
    call that is over: what was recorded of it."""

    attempt_id: AttemptId
    call_sid: str | None
    to: str = field(repr=False)
    from_: str = field(repr=False)
    since: datetime
    """Time of our intent. The caller that compares it with the provider's times must allow for the difference
    between the clocks."""
    over: bool
    asked_again_at: datetime | None = None
    """When it is asked again if nothing is heard. If the call has another date by the time of the answer, something
    happened meanwhile."""


def resume(unit: Unit, node: str, now: datetime) -> int:
    """On start of a node, make the checks of all attempts that it had under way before the restart due now,
    instead of when their patience would end."""
    return unit.attempts.check_all_of(node, now)


def checks_due(unit: Unit, now: datetime, limit: int) -> Due[AttemptId]:
    """Return the attempts whose state must be checked now."""
    return if_due(
        unit.attempts.next_check(), now, lambda: [attempt.id for attempt in unit.attempts.to_check(now, limit)]
    )


def check(unit: Unit, attempt_id: AttemptId, now: datetime) -> Lookup | None:
    """Repair what needs no answer from the provider, and return the question that must be asked. It is asked again
    after 20 s if no answer was recorded."""
    with CaseFile(unit, unit.cases.lock_if_free(unit.attempts.get(attempt_id).case_id), now) as file:
        attempt = unit.attempts.get(attempt_id)
        return None if attempt.check_at is None or attempt.check_at > now else _check(file, attempt)


def _check(file: CaseFile, attempt: Attempt) -> Lookup | None:
    match attempt.state:
        case AttemptState.ENDED:
            return _question(file, attempt) if is_overdue(file, attempt) else None
        case state if state in OVER or state is AttemptState.PLANNED:
            file.unit.attempts.save(replace(attempt, check_at=None))
            return None
        case AttemptState.CLAIMED:
            state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.LEASE_LOST)
            file.unit.attempts.save(unclaimed(attempt, state, file.now))
            file.note("lease_lost", attempt=attempt.id, node=attempt.claimed_by)
            file.unit.wakes.add("dispatch")
            return None
        case AttemptState.SENDING if attempt.call_sid is None:
            lose_track(file, attempt)
            return None
        case AttemptState.UNKNOWN if attempt.call_sid is None and _party(file, attempt).unreadable:
            # Without the number the call cannot be searched for. Its webhooks still prove it by the number's hash.
            _not_found(file, attempt)
            return None
        case _:
            speaks_until = in_a_turn_until(file, attempt)
            checked = replace(attempt, check_at=speaks_until or file.now + ASK_AGAIN)
            file.unit.attempts.save(checked)
            return _question(file, checked) if speaks_until is None else None


def _party(file: CaseFile, attempt: Attempt) -> Party:
    return file.unit.parties.get(attempt.party_id, file.case.customer_id)


def _question(file: CaseFile, attempt: Attempt) -> Lookup:
    over = attempt.state is AttemptState.ENDED
    # The number of an ended call is not needed, and its customer may have been erased since.
    party = None if over else _party(file, attempt)
    return Lookup(
        attempt_id=attempt.id,
        call_sid=attempt.call_sid,
        to=party.phone if party else "",
        from_=attempt.from_number or "",
        since=attempt.intent_at or file.now,
        over=over,
        asked_again_at=attempt.check_at,
    )


def record_search(unit: Unit, attempt_id: AttemptId, found: Sequence[RemoteCall], now: datetime) -> list[str]:
    """Record the provider's calls between these two numbers since the intent. Binds the attempt's own call, and
    returns the SIDs of the calls to cut."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return []
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        if attempt.state is not AttemptState.UNKNOWN:
            return []
        mine = [call for call in found if unit.attempts.by_sid(call.report.call_sid) is None]
        if not mine:
            _not_found(file, attempt)
            return []
        oldest, *others = sorted(mine, key=lambda call: call.created_at)
        cut = apply_report(file, attempt, oldest.report, asked=True)
        useless = oldest.queued and _too_late(file, attempt)
        useless = useless or rings_for_nobody(file, attempt)
        return [call.report.call_sid for call in others] + ([oldest.report.call_sid] if cut or useless else [])


def _not_found(file: CaseFile, attempt: Attempt) -> None:
    checks, plan = attempt.checks + 1, file.unit.policy.tempo.unknown_checks
    if checks < len(plan):
        at = (attempt.intent_at or file.now) + plan[checks]
        file.unit.attempts.save(replace(attempt, checks=checks, check_at=max(at, file.now)))
        return
    lost = end_attempt(file, replace(attempt, checks=checks), AttemptEvent.NOT_FOUND, Disposition.UNKNOWN)
    file.note("call_not_found", attempt=attempt.id)
    plan_what_follows(file, lost)


def record_fetch(
    unit: Unit, attempt_id: AttemptId, call: RemoteCall | None, now: datetime, asked_again_at: datetime | None = None
) -> str | None:
    """Record what the provider says of a call whose status is overdue. Returns its SID if it must be cut.

    `asked_again_at`: of the `Lookup`. An answer that is older than a new date says too little about a call that was
    in progress then; the question is asked once more.
    """
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return None
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        if call is None:
            _vanished(file, attempt)
            return None
        cut = apply_report(file, attempt, call.report, asked=True)
        useless = call.queued and _too_late(file, attempt)
        if not cut and asked_again_at not in {None, attempt.check_at}:
            return None
        useless = useless or rings_for_nobody(file, attempt)
        if cut or useless or left_alone(file, attempt):
            return call.report.call_sid
        running = file.unit.attempts.get(attempt_id)
        if running.state is AttemptState.ANSWERED:
            file.unit.attempts.save(replace(running, check_at=next_question_at(file, running, ASK_AGAIN)))
        return None


def _too_late(file: CaseFile, attempt: Attempt) -> bool:
    """True if a call still queued at the provider is useless: its latest start has passed, or nothing is left to
    ask the callee."""
    return file.now >= attempt.latest_start or (nothing_left(file) and not attempt.rings_staff)


def _vanished(file: CaseFile, attempt: Attempt) -> None:
    """Count an answer in which the provider does not know a call that it had told us about. The attempt ends only
    after `VANISHED_AFTER` such answers in a row, with no sign of life between them (`known_alive`)."""
    if attempt.state not in {
        AttemptState.PLACED,
        AttemptState.RINGING,
        AttemptState.ANSWERED,
    }:
        return
    unknown = max(attempt.checks, 0) + 1
    if unknown < VANISHED_AFTER:
        file.unit.attempts.save(replace(attempt, checks=unknown))
        return
    gone = end_attempt(file, attempt, AttemptEvent.END, Disposition.UNKNOWN)
    file.note("call_vanished", attempt=attempt.id)
    after_call(file, gone)
