"""Stop calls of a case that are no longer wanted: those that have not begun are cancelled, and those that the provider
still queues, or that no one waits for any more, are cut."""

from __future__ import annotations

from collections.abc import Collection

from wakeup.domain.attempt import LIVE, NOT_BEGUN, Attempt, AttemptState, Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.listening import Listener
from wakeup.domain.party import Role
from wakeup.usecases.agents.offers import ALONE
from wakeup.usecases.case.planning import cancel_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.guests import guest_over
from wakeup.usecases.conference.visits import visited_human_talk

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


def rings_for_nobody(file: CaseFile, call: Attempt) -> bool:
    """True if this call has lost its purpose.

    That is a call that still rings an agent, supervisor or guardian although no one waits any more, or one left
    alone in the conference of a conversation that is over. A call that is hearing its last announcement is not
    cut.
    """
    state = file.unit.attempts.get(call.id).state
    if state not in LIVE:
        return False
    match call.errand:
        case Errand.AGENT:
            hand_over = file.unit.hand_overs.of_offer(call.id)
            waits = hand_over is not None and hand_over.state is HandOverState.WAITING
            return state is not AttemptState.ANSWERED and not waits
        case Errand.LISTENER:
            return _has_no_human_talk(file, state, file.unit.listeners.get(call.id))
        case Errand.GUEST:
            return _has_no_human_talk(file, state, file.unit.guests.get(call.id))
        case _:
            return False


def _has_no_human_talk(file: CaseFile, state: AttemptState, joins: Listener | Guest | None) -> bool:
    """True if the agent's conversation that this call was to join is over, and it hears no last announcement. One that
    was in the conference has `ALONE` to come out of it by itself and hear that."""
    if joins is None:
        return state is not AttemptState.ANSWERED
    if visited_human_talk(file, joins) is not None:
        return False
    if state is not AttemptState.ANSWERED:
        return True
    human_talk = file.unit.hand_overs.get(joins.wait, joins.n)
    ended_at = None if human_talk is None else human_talk.ended_at
    return joins.entered_at is not None and (ended_at is None or file.now >= ended_at + ALONE)
