"""Stop calls of a case that are no longer wanted: those that have not begun are cancelled, and those that the provider
still queues are cut."""

from __future__ import annotations

from collections.abc import Collection

from wakeup.domain.attempt import NOT_BEGUN, AttemptState, Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.party import Role
from wakeup.usecases.case.calls import guest_over
from wakeup.usecases.case.planning import cancel_call
from wakeup.usecases.casefile import CaseFile

_NOT_STAFF = frozenset(Role) - {Role.AGENT}


def stop_calls(
    file: CaseFile, reason: str, *, roles: Collection[Role] = _NOT_STAFF, spare: Collection[Errand] = ()
) -> None:
    """Cancel the calls to these roles that have not begun, except those on a spared errand.

    Calls to agents are never stopped, because a customer waits on the line for them.
    """
    for attempt in file.calls():
        if attempt.state not in NOT_BEGUN or file.role_of(attempt) not in roles:
            continue
        errand = attempt.errand
        if errand in spare:
            continue
        cancel_call(file, attempt, reason)
        if errand is Errand.GUEST:
            guest_over(file, attempt.id)


def recheck_placed_calls(file: CaseFile) -> None:
    """Recheck placed calls now that nothing is left to talk about.

    A call that has not begun to ring is cut if it is still queued at the provider. A phone that rings is not hung
    up on: the callee hears that all is settled. Calls to agents are left alone, because a customer waits for them
    whatever became of the payment.
    """
    for attempt in file.calls():
        if attempt.state is AttemptState.PLACED and not attempt.rings_staff:
            file.unit.attempts.save(replace(attempt, check_at=file.now))
            file.unit.wakes.add("reconcile")
