"""Why a case stands before people: a human is wanted, or it is kept in the queue although nothing of it is held,
because money has left or may have, or because the callee was promised a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.case import Case, CaseEvent, CaseState
from wakeup.domain.decision import Effect, Ruling
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import CALLS_FOR_HELP, Evidence
from wakeup.domain.to_do import PERSON_WITHIN, is_cleared, unheld_for
from wakeup.domain.transfer import GONE, HELD_BACK, Transfer
from wakeup.usecases.case.customer import is_erased
from wakeup.usecases.case.record_evidence import heard_here
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import pages_of

ASKED = frozenset({"cannot_talk", "call_in_asked_person", "asked_in_vain", "call_owed"})
"""Notes of the timeline that say that the customer is to be called whatever becomes of the payment. They are no call
for help, so no evidence says it. What ends the wait for a human (`Review.person_wanted_at`) ends this one."""
BROKEN_PROMISE = "appointment_not_kept"
"""Note of a callee who was told when they are called, and that call was not made: a human must call instead."""
BEGINS_A_WAIT = ASKED | {"review_wanted", BROKEN_PROMISE}
"""Notes of the timeline after which a human is to look or call, whatever was known before."""
FIRST_RECALL = 3
"""Lowest sequence of a recall: the standing hold, the allow, and the hold that recalls it."""


def promise_person(file: CaseFile, within: timedelta = PERSON_WITHIN) -> None:
    """Note by when a human must talk to the customer. Of two promises that are not kept yet, the sooner one counts."""
    due_at = file.now + within
    if file.case.person_due_at is None or due_at < file.case.person_due_at:
        file.update(replace(file.case, person_due_at=due_at))
        file.unit.wakes.add("settle")


def escalate(file: CaseFile, *, police: bool = False, within: timedelta = PERSON_WITHIN) -> None:
    """Record that a human, or the police through a human, is wanted: the case stays in the queue while any of its
    transfers is pending or held. A human must look `within` this time.

    The time of the first request is kept. The review's version is not changed, so work in hand is not disturbed.
    The caller writes the timeline note, which gives the reason.
    """
    if police:
        file.update_review(replace(file.review, police_wanted_at=file.review.police_wanted_at or file.now))
    else:
        file.update_review(replace(file.review, person_wanted_at=file.review.person_wanted_at or file.now))
        promise_person(file, within)
    file.unit.wakes.update(pages_of(file.case.id))


def escalate_missed(file: CaseFile, call: Attempt) -> None:
    """Record that a human is wanted because this call, for which a callee or the customer waits, is not made. Does
    nothing in a case that is settled."""
    if file.case.state is CaseState.SETTLED:
        # Nothing is left to talk about. Calls that had not begun were cancelled for it, and owed to nobody.
        return
    if call.errand is Errand.APPOINTMENT:
        file.note(BROKEN_PROMISE, attempt=call.id)
    escalate(file)


def queue_for_follow_up(file: CaseFile, since: datetime | None = None) -> None:
    """Keep the case in the queue until it has been followed up, whatever became of its payments.

    `since`: if given, what was allowed since then need not be asked back.
    """
    file.unit.wakes.update(pages_of(file.case.id))
    if file.case.unheld_at is None:
        file.update(replace(file.case, unheld_at=since or file.now))
    if file.case.state is CaseState.SETTLED:
        file.move(CaseEvent.REOPEN_REVIEW)


def want_person(file: CaseFile) -> None:
    """Record that a human is wanted whatever becomes of the payments. Where none is open, none would show the case in
    the queue, so it is kept there until it has been followed up; where one is, from the time when it is over, because
    of the note that the caller writes (`ASKED`)."""
    escalate(file)
    if not file.open_transfers():
        # That is no warning: what was allowed is not to be asked back.
        queue_for_follow_up(file, file.began_at)


def in_doubt(file: CaseFile, transfer: Transfer) -> bool:
    """True if we hold the transfer but the core may have let it go: an allow was recalled, and the core has
    acknowledged nothing since, so the allow may have arrived there and the hold may not."""
    calls_back = transfer.state in HELD_BACK and transfer.sequence >= FIRST_RECALL
    return calls_back and file.unit.outbox.in_doubt(transfer.id)


def may_be_gone(file: CaseFile, transfer: Transfer) -> bool:
    """True if the transfer has left, or may have, so that a human must call the bank when a warning comes."""
    return transfer.state in GONE or in_doubt(file, transfer)


def allowed(file: CaseFile) -> dict[TransferId, datetime]:
    """Return the transfers that have left because they were allowed, and when they were."""
    newest = [file.unit.decisions.newest(t.id) for t in file.transfers() if t.state in GONE]
    return {d.transfer_id: d.decided_at for d in newest if d is not None and d.ruling is Ruling.ALLOW}


def cleared(file: CaseFile) -> frozenset[TransferId]:
    """Return the transfers that have left, but that no warning has asked back."""
    since = file.case.unheld_at
    if since is None:
        return frozenset()
    return frozenset(one for one, at in allowed(file).items() if is_cleared(Ruling.ALLOW, at, since))


def why_unheld(file: CaseFile) -> Mapping[TransferId, Effect]:
    """Return why the case is kept in the queue although nothing of it is held, by the transfers that show it."""
    if file.case.unheld_at is None:
        return {}
    return unheld_for({t.id: (t.state, in_doubt(file, t)) for t in file.transfers()}, cleared(file))


def end_wait_of_reached(file: CaseFile) -> None:
    """Take the case of a customer who was reached out of the queue, if it is kept there only so that they are called.
    Where money has left, or may have, the bank must still be asked."""
    if set(why_unheld(file).values()) == {Effect.PERSON}:
        file.update(replace(file.case, unheld_at=None))


def awaiting_callback(file: CaseFile) -> bool:
    """True if the callee called for help in a call of this case, could not talk freely or asked for a human on our
    line, and no human has talked to them since.

    Each of them is to be called whatever becomes of the payment. A manual hold does not count as talking to them. False
    for an erased customer.
    """
    asked = file.review.person_wanted_at is not None and file.noted(ASKED)
    return (asked or was_promised(file.unit, file.case, heard_here(file))) and not is_erased(file)


def was_promised(unit: Unit, case: Case, heard: Iterable[Evidence]) -> bool:
    """Like `awaiting_callback`, of calls for help only, for queries: locks nothing and opens no customer key. `heard`:
    the evidence of this case."""
    said = max((e for e in heard if e.outcome in CALLS_FOR_HELP), key=attrgetter("at"), default=None)
    if said is None:
        return False
    last_contact_at = unit.reviews.last_contact_at(case.id, said.id)
    return last_contact_at is None or last_contact_at < said.at
