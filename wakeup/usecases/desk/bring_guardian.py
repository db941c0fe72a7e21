"""An agent brings a guardian into their conversation, if the customer on the line agrees and the guardian may hear
of the case."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.errors import ConflictError
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver, HumanTalkRef
from wakeup.domain.ids import PartyId
from wakeup.domain.party import CUSTOMER_ROLES, Party
from wakeup.domain.review import Act, Review
from wakeup.domain.staff import Right, demand
from wakeup.usecases.case.planning import add_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.hand_on import human_talk_of
from wakeup.usecases.conference.visits import NO_CALLS, draft_visit
from wakeup.usecases.desk.reach_out import ELSE, NO_TEXT
from wakeup.usecases.guardians.choose_guardian import store_party
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.ringing.guardians_now import UNFIT, guardians_now
from wakeup.usecases.unit import Unit

FIELD = "company"


def bring_guardian(
    unit: Unit, order: Order, now: datetime, *, agreed: bool, named: HumanTalkRef | None = None
) -> Review:
    """Ring the next guardian for the conversation this agent is in, if it is the one that is `named`. Raises
    ConflictError on `company`."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        talk = human_talk_of(work, FIELD, named)
        if unit.parties.get(unit.attempts.get(talk.attempt_id).party_id, talk.customer_id).role not in CUSTOMER_ROLES:
            raise ConflictError(FIELD, "the person on the line is not the customer")
        if not agreed:
            raise ConflictError(FIELD, "the customer must agree first")
        if unit.lines.no_calls_until(now) is not None:
            raise ConflictError(FIELD, NO_CALLS)
        rung = unit.guests.of_human_talk(talk.attempt_id, talk.n)
        if any(guest.ended_at is None for guest in rung):
            raise ConflictError(FIELD, "a guardian is being called, or is in the call already")
        party = store_party(work.file, _who(work.file, talk, {guest.party_id for guest in rung}))
        call = add_call(work.file, draft_visit(work.file, talk, party, Errand.GUEST))
        unit.guests.add(
            Guest(
                attempt_id=call.id, case_id=work.file.case.id, customer_id=work.file.case.customer_id,
                party_id=call.party_id, wait=talk.attempt_id, n=talk.n, by=work.staff.name, asked_at=now,
            )
        )  # fmt: skip
        work.record(Act.GUARDIAN_BROUGHT, None, agreed=True, call=call.id, party=call.party_id)
        unit.wakes.add("agents")
    return work.review


def _who(file: CaseFile, talk: HandOver, not_these: set[PartyId]) -> Party:
    """Return the first guardian who may be rung this minute. Raises ConflictError with the reason when there is
    none."""
    why: str | None = None

    def call_to(party: Party) -> Attempt:
        return draft_visit(file, talk, party, Errand.GUEST)

    for party, reason in guardians_now(file, call_to, again=True):
        found = UNFIT if party.id in not_these else reason
        if found is None:
            return party
        if why is None or found != UNFIT:
            why = found
    raise ConflictError(FIELD, NO_TEXT.get(why or "no_guardian", ELSE))
