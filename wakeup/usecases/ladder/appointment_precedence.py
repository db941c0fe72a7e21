"""An appointment defers the customer's other calls if the customer made it. Not deferred are calls about transfers
that joined after it was made and about transfers whose window closes before it."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.ladder import NextCall, NoMoreCalls, first_call
from wakeup.domain.outcome import Contact
from wakeup.domain.party import Role
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.follow_up import may_be_gone
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.rungs import promises
from wakeup.usecases.ladder.spoken_to import spoken_of


def deferred_by_appointment(file: CaseFile) -> bool:
    """True if none of the customer's numbers is to be called at present."""
    return any(_waits_for(file, promise) for promise in promises(file))


def _waits_for(file: CaseFile, promise: Attempt) -> bool:
    asked_in = _asked_in(file, promise)
    return speaks_for_all(file, asked_in) and not too_urgent_to_defer(file, asked_in, promise)


def asked_by_customer(file: CaseFile, promise: Attempt) -> bool:
    """True if the customer asked for the appointment, not an unproven callee at an alternate number."""
    return speaks_for_all(file, _asked_in(file, promise))


def _asked_in(file: CaseFile, promise: Attempt) -> Attempt:
    """Return the call in which the appointment was made: the last one posted to that number before it."""
    calls = file.calls()
    made = (a for a in calls if a.party_id == promise.party_id and a.n < promise.n and a.intent_at is not None)
    return max(made, key=lambda call: call.n, default=promise)


def speaks_for_all(file: CaseFile, asked_in: Attempt) -> bool:
    """True if an appointment made in this call defers calls to the customer's other numbers as well. A callee at
    an alternate number must have proved to be the customer."""
    if file.role_of(asked_in) is Role.CUSTOMER:
        return True
    talk = file.unit.talks.get(asked_in.id, file.case.customer_id)
    found = asked_in.contact if talk is None else talk.conversation.contact
    return found is Contact.RIGHT_PARTY


def too_urgent_to_defer(file: CaseFile, last: Attempt, promise: Attempt) -> list[Transfer]:
    """Return the transfers for which the appointment comes too late, so that the customer is called before it. If
    the appointment was made in the call that just ended, only transfers that joined since are returned."""
    pending = [t for t in file.pending() if too_late_for(first_step(file, t), promise)]
    return joined_in(file, last, pending) if last.n < promise.n else pending


def joined_in(file: CaseFile, last: Attempt, pending: list[Transfer]) -> list[Transfer]:
    """Return the transfers that joined after this call had begun and were not discussed in it: they waited for the
    line, and now get a call of their own. If a transfer that was discussed has gone meanwhile, or may have gone, all
    transfers that no call has discussed are returned."""
    talk = file.unit.talks.get(last.id, file.case.customer_id)
    since, named = (last.intent_at, ()) if talk is None else (talk.started_at, talk.named)
    if last.contact is Contact.RIGHT_PARTY and any(t.id in named and may_be_gone(file, t) for t in file.transfers()):
        spoken = spoken_of(file)
        return [t for t in pending if t.id not in spoken]
    return [t for t in pending if since is not None and t.flagged_at > since and t.id not in named]


def to_come(attempt: Attempt) -> bool:
    """True if this is an appointment call still to come. The customer was told its time, so calls about transfers
    that cannot wait come before it."""
    return attempt.promised and attempt.state is AttemptState.PLANNED


def too_late_for(step: NextCall | NoMoreCalls, planned: Attempt) -> bool:
    """True if the planned call would begin too late for this step. An appointment is not moved for it, because the
    customer was told its time."""
    return isinstance(step, NextCall) and step.latest_start < planned.due_at


def first_step(file: CaseFile, transfer: Transfer) -> NextCall | NoMoreCalls:
    return first_call(file.now, transfer.settle_at, file.unit.policy.calling)
