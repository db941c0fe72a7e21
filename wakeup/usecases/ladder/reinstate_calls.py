"""Reinstate the calls that were cancelled in favour of an appointment, when the appointment call failed."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.party import CUSTOMER_ROLES
from wakeup.domain.rung import RungKind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.appointment_precedence import deferred_by_appointment
from wakeup.usecases.ladder.plan_calls import in_a_persons_hands, plan_call
from wakeup.usecases.ladder.spoken_to import spoken_to


def reinstate_calls(file: CaseFile, promised: Attempt) -> None:
    """Plan again, after an appointment call in vain, the calls to the customer's other numbers that were cancelled
    for it, unless a new appointment was made in it. Does nothing after a promised call to a guardian (to join a
    conversation): its end says nothing about the customer's calls."""
    role_of = file.unit.parties.role_of
    if role_of(promised.party_id) not in CUSTOMER_ROLES or deferred_by_appointment(file):
        return
    if not file.pending() or in_a_persons_hands(file) or spoken_to(file, RungKind.CALL):
        return
    newest = {call.party_id: call for call in file.unit.attempts.of_case(file.case.id)}
    for call in newest.values():
        theirs = role_of(call.party_id) in CUSTOMER_ROLES
        if theirs and call.party_id != promised.party_id and call.state is AttemptState.CANCELED:
            party = file.unit.parties.get(call.party_id, file.case.customer_id)
            if reason := plan_call(file, party):
                file.note("ladder_ended", reason=reason)
