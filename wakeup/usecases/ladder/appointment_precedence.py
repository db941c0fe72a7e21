"""What a call that was promised puts off: the customer's other calls, if it was they who asked for it, but for what
they did not know of then and what cannot wait so long.
"""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.ladder import NextCall, NoMoreCalls, first_call
from wakeup.domain.outcome import Contact
from wakeup.domain.party import Role
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.usecases.case.in_doubt import may_be_gone
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.rungs import promises
from wakeup.usecases.ladder.spoken_to import spoken_of


def deferred_by_appointment(file: CaseFile) -> bool:
    """Whether none of the customer's numbers is to be rung as yet."""
    return any(_waits_for(file, promise) for promise in promises(file))


def _waits_for(file: CaseFile, promise: Attempt) -> bool:
    asked_in = _asked_in(file, promise)
    return speaks_for_all(file, asked_in) and not too_urgent_to_defer(file, asked_in, promise)


def asked_by_customer(file: CaseFile, promise: Attempt) -> bool:
    """The customer asked for it, and not whoever answered another of their numbers."""
    return speaks_for_all(file, _asked_in(file, promise))


def _asked_in(file: CaseFile, promise: Attempt) -> Attempt:
    """The call in which it was asked for: the last that was made to that number before."""
    calls = file.unit.attempts.of_case(file.case.id)
    made = (a for a in calls if a.party_id == promise.party_id and a.n < promise.n and a.intent_at is not None)
    return max(made, key=lambda call: call.n, default=promise)


def speaks_for_all(file: CaseFile, asked_in: Attempt) -> bool:
    """Whether a later call that was asked for there puts off the customer's other numbers, too. Whoever answers at
    another one than their own must have proved to be the customer."""
    if file.unit.parties.role_of(asked_in.party_id) is Role.CUSTOMER:
        return True
    talk = file.unit.talks.get(asked_in.id, file.case.customer_id)
    found = asked_in.contact if talk is None else Conversation.from_json(talk.state).contact
    return found is Contact.RIGHT_PARTY


def too_urgent_to_defer(file: CaseFile, last: Attempt, promise: Attempt) -> list[Transfer]:
    """What they are rung about before the call that was promised. If they asked for it in this very call, only what
    they did not know of then."""
    pending = [t for t in pending_of(file) if too_late_for(first_step(file, t), promise)]
    return joined_in(file, last, pending) if last.n < promise.n else pending


def joined_in(file: CaseFile, last: Attempt, pending: list[Transfer]) -> list[Transfer]:
    """What came when this call had begun, and was no part of its talk: it waited for the line, and now has a call of
    its own. Where what they were told of has gone meanwhile, or may have, so has whatever nobody has spoken about."""
    talk = file.unit.talks.get(last.id, file.case.customer_id)
    since, named = (last.intent_at, ()) if talk is None else (talk.started_at, talk.named)
    if last.contact is Contact.RIGHT_PARTY and any(t.id in named and may_be_gone(file, t) for t in file.transfers()):
        spoken = spoken_of(file)
        return [t for t in pending if t.id not in spoken]
    return [t for t in pending if since is not None and t.flagged_at > since and t.id not in named]


def to_come(attempt: Attempt) -> bool:
    """They were told when. What cannot wait so long is rung about before."""
    return attempt.promised and attempt.state is AttemptState.PLANNED


def too_late_for(step: NextCall | NoMoreCalls, planned: Attempt) -> bool:
    """What is planned would begin too late for this. A promise is not moved for it: they were told when."""
    return isinstance(step, NextCall) and step.latest_start < planned.due_at


def first_step(file: CaseFile, transfer: Transfer) -> NextCall | NoMoreCalls:
    return first_call(file.now, transfer.settle_at, file.unit.policy.calling)


def pending_of(file: CaseFile) -> list[Transfer]:
    return [t for t in file.transfers() if t.state is TransferState.PENDING]
