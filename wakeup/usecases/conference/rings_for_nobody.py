"""Tell which calls no one waits for any more, or are alone in a conference. Such a call is cut."""

from __future__ import annotations

from wakeup.domain.attempt import LIVE, Attempt, AttemptState, Errand
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.listening import Listener
from wakeup.usecases.agents.offers import ALONE
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.visits import visited_human_talk


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
