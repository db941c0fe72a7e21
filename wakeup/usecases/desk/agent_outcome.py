"""The outcome an agent records: evidence like any other, under the agent's name. It may hold, but it never lifts a
hold.

A release remains a separate act by an account that has the right, and by two people where two are required.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HumanTalkRef
from wakeup.domain.outcome import PROTECTIVE, Contact, Evidence, Outcome
from wakeup.domain.review import OWES_A_CALL, Act, Reason, Review, reaches
from wakeup.domain.staff import Right, demand
from wakeup.usecases.agents.human_talks import last_human_talk, own_human_talk
from wakeup.usecases.case.customer import raise_next_tiers
from wakeup.usecases.case.follow_up import end_wait_of_reached, want_person
from wakeup.usecases.case.human_talk_notes import TimelineRow, write_ups_of
from wakeup.usecases.case.parties import is_anothers
from wakeup.usecases.case.record_evidence import heard_here, new_evidence_id, record_evidence
from wakeup.usecases.conversation.nothing_left import nothing_left
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.desk.late_write_up import (
    OWED,
    date_of_late,
    said_reached,
    spoken_to_since,
    waits_since,
)
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.records import Note
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
    talk: HumanTalkRef | None = None
    """The conversation it is about; None: the agent's newest one in the case."""


def record_outcome(unit: Unit, order: Order, found: FoundOut, now: datetime) -> Review:
    """Record the outcome. `order.reason` is the wrap-up code, `order.text` the agent's note.

    What a guardian told the agent is evidence as from a guardian's call, and reaches no customer. A form that is sent
    twice is recorded once.

    Raises ConflictError on `outcome`, on `reason`, or on `case` when the agent has talked to nobody in this case.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.TAKE_CALLS)
        talked = _talk_of(work, found.talk)
        anothers = is_anothers(work.file, talked.attempt_id)
        identified = found.identified and not anothers
        timeline = unit.views.timeline(order.case_id)
        records = write_ups_of(timeline, talked)
        if order.version != work.review.version and _is_last_of(work, records, found.outcome, identified=identified):
            # The form was sent twice.
            return work.review
        work.unchanged()
        if found.outcome is None or found.outcome not in FOUND_OUT:
            raise ConflictError("outcome", "choose the outcome of the call")
        if anothers and reaches(Act.TALKED, order.reason):
            raise ConflictError("reason", "the customer was not on the line; choose a reason that says so")
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
        asked = waits_since(work.file, timeline, talked)
        late = asked or talked != last_human_talk(unit, order.case_id, work.staff.id)
        record_evidence(
            work.file, work.staff.name, evidence, attempt=talked.attempt_id, score="0", live_person=identified
        )
        talk = work.record(
            Act.TALKED, None, dated=date_of_late(work.file, talked, records) if late else None, waits_on=asked,
            outcome=found.outcome, evidence=evidence.id, attempt=talked.attempt_id, n=talked.n,
        )  # fmt: skip
        if found.outcome in PROTECTIVE:
            _take_warning(work, anothers=anothers)
        if talk.reason is Reason.CALL_BACK_AGREED and not anothers and not asked:
            # The customer agreed to this call in place of the one promised before, which is late no more.
            work.file.update(replace(work.file.case, person_due_at=None, person_late_at=None))
        if reaches(talk.act, talk.reason) and not asked:
            end_wait_of_reached(work.file)
        settle_file(work.file)
        if not reaches(talk.act, talk.reason):
            _wait_on(work, timeline, talked)
    return work.review


def _is_last_of(work: ReviewFile, records: Sequence[Note], outcome: Outcome | None, *, identified: bool) -> bool:
    """True if the last of these records says the same as the order: reason, text, outcome and who it was."""
    if not records:
        return False
    last, file = records[-1].data, work.file
    acts = work.unit.reviews.acts(file.case.id, file.case.customer_id)
    said = [(act.reason, act.text, last["outcome"]) for act in acts if act.id == last["act"]]
    proved = [one.live_person for one in heard_here(file) if one.id == last["evidence"]]
    return (said, proved) == ([(work.order.reason, work.order.text.strip(), outcome)], [identified])


def _take_warning(work: ReviewFile, *, anothers: bool) -> None:
    raise_next_tiers(work.file)
    if anothers:
        work.file.update(replace(work.file.case, guardian_worried=True))
        request_review(work.file, "guardian_worried")
    else:
        alarm_after_allow(work.file, WARNED, work.staff.name)


def _as_a_guardians(outcome: Outcome) -> Outcome:
    """Return what a guardian's word is worth: it holds, as from their own call, and the customer must still be
    warned."""
    if outcome is Outcome.DISTRESS:
        return outcome
    return Outcome.GUARDIAN_WORRIED if outcome in PROTECTIVE else Outcome.PARTIAL


def _wait_on(work: ReviewFile, timeline: Sequence[TimelineRow], talked: HandOver) -> None:
    """Queue the case again: a human must call, or the customer wanted an agent and has reached neither this one nor
    another since. `timeline`: as it was before this record."""
    reached_at = work.unit.reviews.last_contact_at(work.file.case.id)
    since = reached_at is not None and talked.joined_at is not None and reached_at >= talked.joined_at
    # That this same talk had reached the customer ended what was promised before.
    wants = work.order.reason in OWES_A_CALL or any(said_reached(one) for one in write_ups_of(timeline, talked))
    # Otherwise an open payment shows the case in the queue.
    unseen = nothing_left(work.file) and not since
    if unseen or (wants and not spoken_to_since(work.file, timeline, talked)):
        work.file.note(OWED, work.staff.name, attempt=talked.attempt_id, n=talked.n)
        want_person(work.file)


def _talk_of(work: ReviewFile, named: HumanTalkRef | None) -> HandOver:
    """Return this agent's conversation that the record is about. Raises ConflictError when there is none."""
    found = own_human_talk(work.unit, work.file.case.id, work.staff.id, named)
    if found is None:
        raise ConflictError("case", "you have not talked to this customer")
    return found
