"""Which calls of a case are used up, and how many are left that no later rung needs."""

from __future__ import annotations

from collections.abc import Sequence

from wakeup.domain.attempt import OVER, Attempt
from wakeup.domain.outcome import Disposition
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.domain.rung import RungKind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.rungs import rung_plan

_RUNGS_THAT_CALL = {RungKind.CALL_ALTERNATE: Role.ALTERNATE, RungKind.CALL_GUARDIAN: Role.GUARDIAN}


def calls_of_case(file: CaseFile, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the calls that count towards the case's maximum: those that were posted or still may be. Calls to
    agents do not count."""
    ours = {p.id for p in file.parties(Role.AGENT)}
    return [a for a in attempts if a.party_id not in ours and (a.intent_at is not None or a.state not in OVER)]


def spare_calls(file: CaseFile, attempts: Sequence[Attempt], last: Attempt, party: Party) -> int:
    """Return how many calls to the customer beyond the usual repetitions the case can afford after this one, which was
    to `party`: those that no later rung needs.

    None after an answered call to another number, where a stranger may have hung up, after a talk with an agent, or if
    staff must decide in any case: that callee may have told us that they cannot talk, and is followed up another way.
    """
    left_to_staff = any(a.rings_staff for a in attempts) or any(t.guarded for t in file.pending())
    stranger = party.role is not Role.CUSTOMER
    if party.role not in CUSTOMER_ROLES or (last.disposition is Disposition.ANSWERED and (left_to_staff or stranger)):
        return 0
    others = {one.role for one in file.parties() if one.id != party.id}
    kept = sum(_RUNGS_THAT_CALL.get(step.kind) in others for step in rung_plan(file).steps)
    most = file.unit.policy.calling.max_calls_per_case
    return max(0, most - len(calls_of_case(file, attempts)) - kept)
