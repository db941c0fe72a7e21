"""Appointments: the time that is said in the call, and the attempt that is planned for it.

An appointment outlives the decision: the transfer on hold is what the callee wants to talk about.
"""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.appointment import PATIENCE, SOON, appointment
from wakeup.domain.attempt import OVER, WAITED_FOR, Attempt, Errand
from wakeup.domain.party import CUSTOMER_ROLES
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.planning import add_call, draft_call
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.appointment_precedence import speaks_for_all
from wakeup.usecases.ringing.last_checks import refusal, zones_of


def time_to_call_again(file: CaseFile, asked_in: Attempt) -> datetime | None:
    """Return the time that can be promised now, or was promised before.

    None when no call would come, or not then: nothing is left to talk about, a last check before ringing already
    refuses, or no calls go out at the time that was promised before.
    """
    standing = _standing(file, asked_in)
    call = standing or _draft(file, asked_in)
    if call is None or not call.promised:
        return None
    stopped_until = file.unit.lines.no_calls_until(file.now)
    return None if stopped_until is not None and call.due_at < stopped_until else call.due_at


def plan_appointment(file: CaseFile, asked_in: Attempt) -> None:
    """Plan the attempt for the time said in this very turn."""
    at = time_to_call_again(file, asked_in)
    due = None if at is None else at.isoformat()
    file.note("callback_wished", attempt=asked_in.id, due_at=due)
    if at is None or _standing(file, asked_in):
        # No call can be promised, or one was promised before and two would be one too many.
        return
    draft = _draft(file, asked_in)
    if draft is not None:
        if speaks_for_all(file, asked_in):
            # The customer's other numbers are not rung before the appointment.
            stop_calls(file, "promised", roles=CUSTOMER_ROLES, spare=WAITED_FOR)
        call = add_call(file, draft)
        file.note("attempt_planned", attempt=call.id, n=call.n, party=call.party_id, due_at=due)


def _standing(file: CaseFile, asked_in: Attempt) -> Attempt | None:
    """Return another call to this party that is not over yet."""
    others = (a for a in file.calls() if a.id != asked_in.id)
    return next((a for a in others if a.party_id == asked_in.party_id and a.state not in OVER), None)


def _draft(file: CaseFile, asked_in: Attempt) -> Attempt | None:
    """Return the call that would be planned now, or None if it may not be promised."""
    unit = file.unit
    party = unit.parties.get(asked_in.party_id, file.case.customer_id)
    until = max((t.hold_max for t in file.open_transfers()), default=None)
    zones = () if file.case.tier is Tier.CRITICAL else zones_of(file, party)
    # While dialling is stopped, the first time is the end of the stop.
    begins = max(file.now, (unit.lines.no_calls_until(file.now) or file.now) - SOON)
    at = None if until is None else appointment(begins, until, zones, unit.policy.calling)
    if at is None:
        return None
    call = draft_call(file, party, Errand.APPOINTMENT, due_at=at, latest_start=at + PATIENCE, like=asked_in)
    return None if refusal(file, call, party, ()) else call
