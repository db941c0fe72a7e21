"""What a call is for."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.party import Role
from wakeup.usecases.casefile import CaseFile


def errand_of(file: CaseFile, attempt: Attempt) -> Errand:
    """Return what the call is for, from the callee's role and from the rows beside the call.

    A call for which nobody waits is of the ladder. That needs no query, and most calls are such.
    """
    if not attempt.promised:
        return Errand.LADDER
    match file.unit.parties.role_of(attempt.party_id):
        case Role.AGENT:
            return Errand.AGENT if file.unit.listeners.get(attempt.id) is None else Errand.LISTENER
        case Role.GUARDIAN:
            # A guardian's own appointment is not told apart from a call for company.
            return Errand.COMPANY if file.unit.guests.get(attempt.id) is None else Errand.GUEST
        case _:
            return Errand.APPOINTMENT
