"""What a call is for."""

from __future__ import annotations

from wakeup.domain.attempt import STAFF_ERRANDS, Attempt, Errand
from wakeup.domain.party import Role
from wakeup.usecases.casefile import CaseFile


def errand_of(file: CaseFile, attempt: Attempt) -> Errand:
    """Return what the call is for, as it was planned."""
    return attempt.errand or _of_the_version_before(file, attempt)


def is_agent(file: CaseFile, attempt: Attempt) -> bool:
    """True for a call to an agent or supervisor."""
    return errand_of(file, attempt) in STAFF_ERRANDS


def _of_the_version_before(file: CaseFile, attempt: Attempt) -> Errand:
    """Return the errand of a call that a node of the version before has planned: from the callee's role and from the
    rows beside the call. To be removed with the version after this."""
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
