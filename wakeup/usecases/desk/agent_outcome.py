"""The outcome an agent records: evidence like any other, under the agent's name. It may hold, but it never lifts a
hold.

A release remains a separate act by an account that has the right, and by two people where two are required.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver
from wakeup.domain.outcome import PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.review import OWES_A_CALL, Act, Reason, Review, reaches
from wakeup.domain.staff import Right, demand
from wakeup.usecases.agents.talks import last_talk
from wakeup.usecases.case.customer import raise_next_tiers
from wakeup.usecases.case.follow_up import want_person
from wakeup.usecases.case.parties import is_anothers
from wakeup.usecases.case.record_evidence import new_evidence_id, record_evidence
from wakeup.usecases.conversation.nothing_left import nothing_left
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

FOUND_OUT = (
    Outcome.NOT_ME,
    Outcome.DISTRESS,
    Outcome.ALREADY_PAID,
    Outcome.COACHED,
    Outcome.PERSISTS,
    Outcome.CONTRADICTED,
    Outcome.UNDECIDED,
    Outcome.KEEP_HOLD,
    Outcome.DISSUADED,
    Outcome.CONSISTENT,
    Outcome.CALLBACK_VERIFY,
    Outcome.PARTIAL,
)
"""Outcomes an agent may record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOut:
    outcome: Outcome | None
    """None: the agent chose none."""
    identified: bool
    """The agent made sure that they talked to the customer."""


def record_outcome(unit: Unit, order: Order, found: FoundOut, now: datetime) -> Review:
    """Record the outcome. `order.reason` is the wrap-up code, `order.text` the agent's note.

    What a guardian told the agent is evidence as from a guardian's call, and reaches no customer.

    Raises ConflictError on `outcome`, on `reason`, or on `case` when the agent has talked to nobody in this case.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.TAKE_CALLS)
        work.unchanged()
        talked = _talk_of(work)
        if found.outcome is None or found.outcome not in FOUND_OUT:
            raise ConflictError("outcome", "choose the outcome of the call")
        anothers = is_anothers(work.file, talked.attempt_id)
        if anothers and reaches(Act.TALKED, order.reason):
            raise ConflictError("reason", "the customer was not on the line; choose a reason that says so")
        identified = found.identified and not anothers
        unproven = Contact.GUARDIAN if anothers else Contact.UNVERIFIED_HUMAN
        evidence = Evidence(
            id=new_evidence_id(work.file),
            attempt_id=talked.attempt_id,
            contact=Contact.RIGHT_PARTY if identified else unproven,
            outcome=_as_a_guardians(found.outcome) if anothers else found.outcome,
            live_person=identified,
            at=now,
            by=work.staff.name,
        )
        record_evidence(
            work.file, work.staff.name, evidence, attempt=talked.attempt_id, score="0", live_person=identified
        )
        talk = work.record(Act.TALKED, None, outcome=found.outcome, evidence=evidence.id)
        if found.outcome in PROTECTIVE:
            raise_next_tiers(work.file)
            if anothers:
                work.file.update(replace(work.file.case, family_worried=True))
                request_review(work.file, "guardian_worried")
            else:
                alarm_after_allow(work.file, WARNED, work.staff.name)
        if talk.reason is Reason.CALL_BACK_AGREED and not anothers:
            # The customer agreed to this call in place of the one promised before, which is late no more.
            work.file.update(replace(work.file.case, person_due_at=None, person_late_at=None))
        settle_file(work.file)
        if not reaches(talk.act, talk.reason):
            _wait_on(work, talked)
    return work.review


def _as_a_guardians(outcome: Outcome) -> Outcome:
    """Return what a guardian's word is worth: it holds, as from their own call, and the customer must still be
    warned."""
    if outcome is Outcome.DISTRESS:
        return outcome
    return Outcome.GUARDIAN_WORRIED if outcome in PROTECTIVE else Outcome.PARTIAL


def _wait_on(work: ReviewFile, talked: HandOver) -> None:
    """Queue the case again: a human must call, or the customer wanted an agent and has reached neither this one nor
    another since."""
    reached_at = work.unit.reviews.last_contact_at(work.file.case.id)
    since = reached_at is not None and talked.joined_at is not None and reached_at >= talked.joined_at
    # Otherwise an open payment shows the case in the queue.
    unseen = nothing_left(work.file) and not since
    if unseen or work.order.reason in OWES_A_CALL or _had_reached(work, talked):
        work.file.note("call_owed", work.staff.name, attempt=talked.attempt_id)
        want_person(work.file)


def _had_reached(work: ReviewFile, talked: HandOver) -> bool:
    """True if the agent had recorded before that this same talk reached the customer: that ended what was promised."""
    acts = work.unit.reviews.acts(work.file.case.id, work.file.case.customer_id)
    began_at = talked.joined_at or work.now
    return any(
        one.act is Act.TALKED and one.by == work.staff.id and one.at >= began_at and reaches(one.act, one.reason)
        for one in acts
    )


def _talk_of(work: ReviewFile) -> HandOver:
    """Return this agent's newest conversation with this customer. Raises ConflictError when there is none."""
    found = last_talk(work.unit, work.file.case.id, work.staff.id)
    if found is None:
        raise ConflictError("case", "you have not talked to this customer")
    return found
