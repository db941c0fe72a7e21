"""Plan again the calls of a case that had to stand back: for the staff member who had taken them over, or for an
appointment whose call failed."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.case import CaseState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.party import CUSTOMER_ROLES, Role
from wakeup.domain.review import holder
from wakeup.domain.rung import RungKind
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.appointment_precedence import deferred_by_appointment
from wakeup.usecases.ladder.plan_calls import NEVER_RANG, go_on_ringing, in_a_persons_hands, plan_call
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.ladder.spoken_to import spoken_to


def resume_calls(file: CaseFile) -> None:
    """Resume the calls where the take-over stopped them. Does nothing if the calls were never taken over."""
    if file.review.taken_over_at is None:
        return
    # Planning checks whether the calls are taken over.
    file.update_review(replace(file.review, taken_over_at=None))
    if file.case.state is CaseState.OPEN:
        file.note("calls_back")
        attempts = file.calls()
        go_on_ringing(file, attempts)
        theirs = [a for a in attempts if not a.promised and file.role_of(a) is Role.GUARDIAN]
        if theirs and theirs[-1].state in NEVER_RANG and not is_unreadable(file):
            plan_call(file, file.unit.parties.get(theirs[-1].party_id, file.case.customer_id))
        set_ladder(file)


def calls_of_a_lapsed_claim(file: CaseFile) -> None:
    """Resume the calls if the staff member who took them over no longer holds the case, because their claim has
    lapsed."""
    if holder(file.review, file.now) is None:
        resume_calls(file)


def reinstate_calls(file: CaseFile, promised: Attempt) -> None:
    """Plan again, after an appointment call in vain, the calls to the customer's other numbers that were cancelled
    for it, unless a new appointment was made in it. Does nothing after a promised call to a guardian (to join a
    conversation): its end says nothing about the customer's calls."""
    if file.role_of(promised) not in CUSTOMER_ROLES or deferred_by_appointment(file):
        return
    if not file.pending() or in_a_persons_hands(file) or is_unreadable(file) or spoken_to(file, RungKind.CALL):
        return
    newest = {call.party_id: call for call in file.calls()}
    for call in newest.values():
        theirs = file.role_of(call) in CUSTOMER_ROLES
        if theirs and call.party_id != promised.party_id and call.state is AttemptState.CANCELED:
            party = file.unit.parties.get(call.party_id, file.case.customer_id)
            if reason := plan_call(file, party):
                file.note("ladder_ended", reason=reason)
