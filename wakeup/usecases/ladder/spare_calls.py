"""Which calls of a case are used up, and how many are left that no later rung needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from wakeup.domain.attempt import OVER, Attempt
from wakeup.domain.decision import Effect, effects_of
from wakeup.domain.ladder import NextCall, NoMoreCalls, next_call
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.domain.rung import RungKind
from wakeup.ivr.scoring import had_no_time
from wakeup.usecases.case.record_evidence import heard_here
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.choose_guardian import is_guardian_to_call
from wakeup.usecases.ladder.rungs import rung_plan


def calls_of_case(file: CaseFile, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the calls that count towards the case's maximum: those that were posted or still may be. Calls to
    agents do not count."""
    ours = {p.id for p in file.parties(Role.AGENT)}
    return [a for a in attempts if a.party_id not in ours and (a.intent_at is not None or a.state not in OVER)]


def next_to_party(
    file: CaseFile, attempts: Sequence[Attempt], to_them: Sequence[Attempt], party: Party, settles_at: datetime
) -> NextCall | NoMoreCalls:
    """Return what follows the last of the calls to this party. Only the customer's own number is called again with a
    call that a later rung needs."""
    spare = spare_calls(file, attempts, to_them[-1], party)
    step = next_call(to_them, file.now, settles_at, file.unit.policy.calling, spare=spare)
    if party.role is Role.CUSTOMER or isinstance(step, NoMoreCalls) or _left(file, attempts) > _kept_for_rungs(file):
        return step
    return NoMoreCalls(reason="calls_used_up")


def _left(file: CaseFile, attempts: Sequence[Attempt]) -> int:
    return file.unit.policy.calling.max_calls_per_case - len(calls_of_case(file, attempts))


def spare_calls(file: CaseFile, attempts: Sequence[Attempt], last: Attempt, party: Party) -> int:
    """Return how many calls to the customer beyond the usual repetitions the case can afford after this one, which was
    to `party`: those that no later rung needs. They are for a busy line and a callee who had no time.

    None once a callee of the case asked for a human: staff follow up.
    """
    if party.role not in CUSTOMER_ROLES or not _comes_later(file, attempts, last, party):
        return 0
    left = _left(file, attempts)
    if left <= 0 or any(Effect.PERSON in effects_of(e.outcome, file.case.tier) for e in heard_here(file)):
        return 0
    return max(0, left - _kept_for_rungs(file))


def _kept_for_rungs(file: CaseFile) -> int:
    """Return how many calls the rungs to come need: one for each that has somebody to call."""
    due = Counter(step.kind for step in rung_plan(file).steps)
    guardian = due[RungKind.CALL_GUARDIAN]
    return (
        due[RungKind.CALL]
        + min(due[RungKind.CALL_ALTERNATE], len(file.parties(Role.ALTERNATE)))
        + (guardian if guardian and is_guardian_to_call(file) else 0)
    )


def _comes_later(file: CaseFile, attempts: Sequence[Attempt], last: Attempt, party: Party) -> bool:
    """True for a busy line, and for a callee whose only word was that they have no time: any other answer is one, and
    who hangs up wants no more calls.

    Not at another number, where a stranger may have said so, nor after a talk with an agent, nor if staff must decide
    in any case: that callee may have told us that they cannot talk, and is followed up another way.
    """
    if last.disposition is not Disposition.ANSWERED:
        return last.disposition is Disposition.BUSY
    left_to_staff = any(a.rings_staff for a in attempts) or any(t.guarded for t in file.pending())
    if left_to_staff or party.role is not Role.CUSTOMER:
        return False
    if last.contact is not Contact.UNVERIFIED_HUMAN:
        return False
    talk = file.unit.talks.get(last.id, file.case.customer_id)
    return talk is not None and had_no_time(talk.conversation)
