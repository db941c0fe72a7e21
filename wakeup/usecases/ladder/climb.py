"""Climb the ladder: take each rung that is due, or record why it is skipped. Only a rung that really began counts
as taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from wakeup.domain.attempt import AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId
from wakeup.domain.party import Role
from wakeup.domain.rung import RungKind
from wakeup.domain.rung_plan import Step, needs
from wakeup.domain.to_do import PERSON_WITHIN
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.case.parties import customer_of
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.ladder.appointment_precedence import deferred_by_appointment
from wakeup.usecases.ladder.call_guardian import call_guardian
from wakeup.usecases.ladder.plan_calls import in_a_persons_hands, plan_call
from wakeup.usecases.ladder.resume_calls import calls_of_a_lapsed_claim
from wakeup.usecases.ladder.rungs import (
    PROMISED,
    TAKEN_OVER,
    TOO_SHORT,
    end_rung,
    rung_plan,
    set_ladder,
    take_over_ends,
)
from wakeup.usecases.ladder.spoken_to import SPOKEN_TO, spoken_to
from wakeup.usecases.unit import Unit

LOOK_AGAIN = timedelta(seconds=15)
"""While a party of the case is on the phone, its quieter rungs wait for this long at a time."""
_WAITS_FOR_TALK = frozenset(RungKind) - {RungKind.HUMAN_AGENT, RungKind.POLICE_HANDOFF}
_IN_THEIR_TIME = frozenset({RungKind.TEXT_GUARDIAN, RungKind.POLICE_HANDOFF})
"""Rungs that are not brought forward when no guardian is left to ask: a guardian was just tried in vain, and the
police come last."""

Channel = Callable[[CaseFile], str | None]
"""Begins what a rung is for. Returns None when it has begun, otherwise the reason why it cannot."""


def cases_to_climb(unit: Unit, now: datetime, limit: int) -> Due[CaseId]:
    return Due(found=tuple(unit.cases.to_climb(now, limit)), next_due=unit.cases.next_climb(now))


def climb(unit: Unit, case_id: CaseId, now: datetime) -> int:
    """Take the due rungs of one case, and resume the automated calls if the claim of a take-over has lapsed.
    Returns the number of rungs taken or skipped."""
    with CaseFile(unit, unit.cases.lock_if_free(case_id), now) as file:
        if file.case.rung_at is None or file.case.rung_at > now:
            return 0
        calls_of_a_lapsed_claim(file)
        steps = rung_plan(file).steps
        due = [step for step in steps if step.due_at <= now]
        waiting = [step for step in due if step.kind in _WAITS_FOR_TALK and _talking(file)]
        for step in due:
            if step not in waiting:
                _take(file, step)
        later = [step.due_at for step in steps if step.due_at > now]
        look_at = [now + LOOK_AGAIN] * bool(waiting)
        if (ends := take_over_ends(file)) is not None:
            look_at.append(ends)
        file.update(replace(file.case, rung_at=min([*later, *look_at], default=None)))
        return len(due) - len(waiting)


def _take(file: CaseFile, step: Step) -> None:
    reason = _pointless(file, step.kind) or CHANNELS[step.kind](file)
    end_rung(file, step, reason)


def _pointless(file: CaseFile, kind: RungKind) -> str | None:
    """Return what speaks against this rung, whatever its channel, or None."""
    ends = max((t.settle_at for t in file.pending()), default=file.now)
    if file.now + needs(kind, file.unit.policy.calling) > ends:
        return TOO_SHORT
    return SPOKEN_TO if spoken_to(file, kind) else None


def hurry_on(file: CaseFile) -> None:
    """Begin the ladder's next rung now instead of at its date, because no guardian is left to wait for. The
    timeline says which rung began, or why none did. A rung that cannot begin now keeps its date."""
    reasons: dict[str, str] = {}
    for step in rung_plan(file).steps:
        if step.kind in _IN_THEIR_TIME:
            continue
        busy = "talking" if step.kind in _WAITS_FOR_TALK and _talking(file) else None
        reason = busy or _pointless(file, step.kind) or CHANNELS[step.kind](file)
        if reason is None:
            file.note("rung_hurried", rung=step.kind, due_at=step.due_at.isoformat())
            end_rung(file, step, None)
            set_ladder(file)
            return
        reasons[step.kind] = reason
    file.note("no_rung_hurried", rungs=tuple(reasons), reasons=tuple(reasons.values()))


def _talking(file: CaseFile) -> bool:
    return any(a.state is AttemptState.ANSWERED for a in file.calls())


def call_again(file: CaseFile) -> str | None:
    """Call the customer's own number once more, besides the repetitions that follow from how the last call ended."""
    if reason := _not_rung_now(file):
        return reason
    party = customer_of(file)
    return "no_number" if party is None else plan_call(file, party)


def call_alternate(file: CaseFile) -> str | None:
    """Call the customer's next alternate number that was not called yet. Whoever answers must first prove to be
    the customer."""
    if reason := _not_rung_now(file):
        return reason
    rung = {attempt.party_id for attempt in file.calls()}
    others = [party for party in file.parties(Role.ALTERNATE) if party.id not in rung]
    if not others:
        return "no_alternate"
    others.sort(key=lambda party: party.unreadable)
    ringable = next((party for party in others if party.ringable), None)
    return "number_suspicious" if ringable is None else plan_call(file, ringable)


def _not_rung_now(file: CaseFile) -> str | None:
    """Return why none of the customer's numbers is to be called at present, or None."""
    if in_a_persons_hands(file):
        return TAKEN_OVER
    return PROMISED if deferred_by_appointment(file) else None


def text_guardian(file: CaseFile) -> str | None:
    """Ask the next guardian by SMS."""
    return ask_guardian(file, "rung")


def escalate_to_person(file: CaseFile) -> str | None:
    """Put the case into the review queue; a staff member is to look at it within ten minutes."""
    file.note("person_wanted", due_at=(file.now + PERSON_WITHIN).isoformat(), reason=_why(file))
    escalate(file)
    return None


def escalate_to_police(file: CaseFile) -> str | None:
    """Put the case into the review queue, to be handed to the police. Only staff may do that."""
    file.note("police_wanted", due_at=(file.now + PERSON_WITHIN).isoformat(), reason=_why(file))
    escalate(file, police=True)
    return None


CHANNELS: Mapping[RungKind, Channel] = {
    RungKind.CALL: call_again,
    RungKind.CALL_ALTERNATE: call_alternate,
    RungKind.TEXT_GUARDIAN: text_guardian,
    RungKind.CALL_GUARDIAN: call_guardian,
    RungKind.HUMAN_AGENT: escalate_to_person,
    RungKind.POLICE_HANDOFF: escalate_to_police,
}


def _why(file: CaseFile) -> str:
    """Return how the newest call ended, for the staff member who takes the case over."""
    ended = [a for a in file.calls() if a.disposition is not None]
    return ended[-1].disposition or "unknown" if ended else "not_rung"
