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
    match file.role_of(attempt):
        case Role.AGENT:
            return Errand.AGENT if file.unit.listeners.get(attempt.id) is None else Errand.LISTENER
        case Role.GUARDIAN:
            if file.unit.guests.get(attempt.id) is not None:
                return Errand.GUEST
            # For company only guardians are rung who were not rung before; an appointment is made in a call.
            return Errand.APPOINTMENT if _called_before(file, attempt) else Errand.COMPANY
        case _:
            return Errand.APPOINTMENT


def _called_before(file: CaseFile, attempt: Attempt) -> bool:
    earlier = (call for call in file.calls() if call.n < attempt.n)
    return any(call.party_id == attempt.party_id for call in earlier)
