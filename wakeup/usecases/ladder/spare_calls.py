"""Which calls of a case are used up, how many are left that no later rung needs, and which call follows for that."""

from __future__ import annotations

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
from wakeup.usecases.guardians.ask_guardian import guardian_barred
from wakeup.usecases.guardians.choose_guardian import guardians_to_call
from wakeup.usecases.ladder.rungs import rung_plan


def calls_of_case(file: CaseFile, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return the calls that count towards the case's maximum: those that were posted or still may be. Calls to
    agents do not count."""
    ours = {p.id for p in file.parties(Role.AGENT)}
    return [a for a in attempts if a.party_id not in ours and (a.intent_at is not None or a.state not in OVER)]


def next_step(
    file: CaseFile, same_party: Sequence[Attempt], last: Attempt, party: Party, settles_at: datetime
) -> NextCall | NoMoreCalls:
    """Return what follows the last of these calls to one party, as far as others leave it calls of the case."""
    attempts = file.calls()
    if party.role is Role.GUARDIAN and not left_for_a_repetition(file, attempts, party):
        return NoMoreCalls(reason="calls_used_up")
    spare = spare_calls(file, attempts, last, party)
    return next_call(same_party, file.now, settles_at, file.unit.policy.calling, spare=spare)


def spare_calls(file: CaseFile, attempts: Sequence[Attempt], last: Attempt, party: Party) -> int:
    """Return how many calls to the customer beyond the usual repetitions the case can afford after this one, which was
    to `party`: those that no later rung needs. They are for a busy line and a callee who had no time.

    None once a callee of the case asked for a human: staff follow up.
    """
    if party.role not in CUSTOMER_ROLES or not _comes_later(file, attempts, last, party):
        return 0
    left = file.unit.policy.calling.max_calls_per_case - len(calls_of_case(file, attempts))
    if left <= 0 or any(Effect.PERSON in effects_of(e.outcome, file.case.tier) for e in heard_here(file)):
        return 0
    due = [step.kind for step in rung_plan(file).steps]
    kept = due.count(RungKind.CALL) + _for_guardians(file, attempts, due) + _for_alternates(file, attempts, party, due)
    return max(0, left - kept)


def left_for_a_repetition(file: CaseFile, attempts: Sequence[Attempt], party: Party) -> bool:
    """True if the last guardian may be called a second time: no other number of the customer needs that call."""
    left = file.unit.policy.calling.max_calls_per_case - len(calls_of_case(file, attempts))
    due = [step.kind for step in rung_plan(file).steps]
    return left > min(1, _for_alternates(file, attempts, party, due))


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


def _for_guardians(file: CaseFile, attempts: Sequence[Attempt], due: Sequence[RungKind]) -> int:
    """Return how many guardians may still be called, each in place of one who does not come to the phone. Once the
    rung was taken, that goes on as long as one of their calls is planned or under way."""
    ours = {party.id for party in file.parties(Role.GUARDIAN)}
    begun = any(a.party_id in ours and a.state not in OVER for a in attempts)
    if guardian_barred(file) or not (begun or RungKind.CALL_GUARDIAN in due):
        return 0
    return guardians_to_call(file)


def _for_alternates(file: CaseFile, attempts: Sequence[Attempt], party: Party, due: Sequence[RungKind]) -> int:
    """Return how many calls the customer's other numbers may still need: an unanswered call is repeated."""
    each = 1 + file.unit.policy.calling.no_answer_retries
    kept = uncalled = 0
    for other in file.parties(Role.ALTERNATE):
        to_them = [a for a in attempts if a.party_id == other.id]
        if not to_them:
            uncalled += other.ringable
        elif other.id != party.id and any(a.state not in OVER for a in to_them):
            kept += max(0, each - len(calls_of_case(file, to_them)))
    return kept + each * min(uncalled, due.count(RungKind.CALL_ALTERNATE))
