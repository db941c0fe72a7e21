"""Resume the automated calls of a case, when the staff member who had taken them over gave the case back or their
claim has lapsed."""

from __future__ import annotations

from wakeup.domain.case import CaseState
from wakeup.domain.party import Role
from wakeup.domain.review import holder
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.plan_calls import NEVER_RANG, go_on_ringing, plan_call
from wakeup.usecases.ladder.rungs import set_ladder


def resume_calls(file: CaseFile) -> None:
    """Resume the calls where the take-over stopped them. Does nothing if the calls were never taken over."""
    if file.review.taken_over_at is None:
        return
    # Planning checks whether the calls are taken over.
    file.change_review(taken_over_at=None)
    if file.case.state is CaseState.OPEN:
        file.note("calls_back")
        attempts = file.unit.attempts.of_case(file.case.id)
        go_on_ringing(file, attempts)
        theirs = [a for a in attempts if not a.promised and file.unit.parties.role_of(a.party_id) is Role.GUARDIAN]
        if theirs and theirs[-1].state in NEVER_RANG:
            plan_call(file, file.unit.parties.get(theirs[-1].party_id, file.case.customer_id))
        set_ladder(file)


def calls_of_a_lapsed_claim(file: CaseFile) -> None:
    """Resume the calls if the staff member who took them over no longer holds the case, because their claim has
    lapsed."""
    if holder(file.review, file.now) is None:
        resume_calls(file)
