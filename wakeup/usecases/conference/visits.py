"""Guardians and supervisors join an agent's conversation by a call of their own: what is the same for both."""

from __future__ import annotations

from datetime import timedelta

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.listening import Listener
from wakeup.domain.party import Party
from wakeup.usecases.agents.agents import is_closed
from wakeup.usecases.case.planning import draft_call
from wakeup.usecases.casefile import CaseFile

_RINGS_FOR = timedelta(minutes=2)
"""Latest start of the call: by then the conversation is likely over."""
NO_CALLS = "no calls go out now; try again later"
"""Why no call is planned while dialling is stopped: it would wait for as long as the stop lasts."""


def draft_visit(file: CaseFile, human_talk: HandOver, party: Party, errand: Errand) -> Attempt:
    """Return the call by which this party may join the conversation. It is not stored."""
    customers_call = file.unit.attempts.get(human_talk.attempt_id)
    return draft_call(file, party, errand, due_at=file.now, latest_start=file.now + _RINGS_FOR, like=customers_call)


def visited_human_talk(file: CaseFile, visit: Guest | Listener) -> HandOver | None:
    """Return the conversation that this call is to join. None if it is over, or if the supervisor's account is closed
    and they may join no conversation any more."""
    if isinstance(visit, Listener) and is_closed(file.unit, visit.staff_id):
        return None
    found = file.unit.hand_overs.get(visit.wait, visit.n)
    return found if found is not None and found.state is HandOverState.JOINED else None
