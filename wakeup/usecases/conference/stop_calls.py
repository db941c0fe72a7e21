"""Stop calls of a case that are no longer wanted: those that have not begun are cancelled, and those that the provider
still queues are cut."""

from __future__ import annotations

from wakeup.domain.attempt import NOT_BEGUN, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.party import Role
from wakeup.usecases.case.planning import cancel_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.guests import guest_over


def stop_calls(file: CaseFile, reason: str, *, spare_promised: bool = False, spare_guardians: bool = False) -> None:
    """Cancel the calls that have not begun.

    Calls to agents are always spared, because a customer waits on the line for them.
    """
    spares = {Role.AGENT, Role.GUARDIAN} if spare_guardians else {Role.AGENT}
    spared = {p.id for p in file.unit.parties.of_case(file.case) if p.role in spares}
    for attempt in file.unit.attempts.of_case(file.case.id):
        if attempt.state not in NOT_BEGUN or attempt.party_id in spared or (spare_promised and attempt.promised):
            continue
        cancel_call(file, attempt, reason)
        if attempt.promised:
            guest_over(file, attempt.id)


def recheck_placed_calls(file: CaseFile) -> None:
    """Recheck placed calls now that nothing is left to talk about.

    A call that has not begun to ring is cut if it is still queued at the provider. A phone that rings is not hung
    up on: the callee hears that all is settled. Calls to agents are left alone, because a customer waits for them
    whatever became of the payment.
    """
    for attempt in file.unit.attempts.of_case(file.case.id):
        if attempt.state is AttemptState.PLACED and file.unit.parties.role_of(attempt.party_id) is not Role.AGENT:
            file.unit.attempts.save(replace(attempt, check_at=file.now))
            file.unit.wakes.add("reconcile")
