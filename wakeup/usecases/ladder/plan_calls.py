"""Plan the case's calls: one when it opens, one when a ringing ended, an earlier one when a transfer joins."""

from __future__ import annotations

from collections.abc import Sequence

from wakeup.domain.attempt import (
    ATTEMPT_TRANSITIONS,
    LIVE,
    OVER,
    Attempt,
    AttemptEvent,
    AttemptState,
)
from wakeup.domain.call_value import hardship_weighted, raise_turn, turn_of, value_of
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.ladder import NextCall, NoMoreCalls, first_call, next_call
from wakeup.domain.outcome import Disposition
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.domain.review import taken_over
from wakeup.domain.rung import RungKind
from wakeup.domain.states import move
from wakeup.domain.transfer import Transfer
from wakeup.usecases.agents.offers import is_agent
from wakeup.usecases.case.calls import over
from wakeup.usecases.case.escalate import escalate
from wakeup.usecases.case.people import customer_of, to_the_customer
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import hurry_prompts
from wakeup.usecases.ladder.appointment_precedence import (
    asked_by_customer,
    deferred_by_appointment,
    first_step,
    joined_in,
    pending_of,
    speaks_for_all,
    to_come,
    too_late_for,
    too_urgent_to_defer,
)
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.ladder.spoken_to import spoken_to
from wakeup.usecases.records import Fact

NEVER_RANG = frozenset({AttemptState.SUPPRESSED, AttemptState.CANCELED})
_SAYS_NOTHING_OF_OTHERS = frozenset({"spoken_to", "always_busy", "never_answers"})
"""Why the calls about these payments end; one that joined meanwhile is rung about all the same."""


def plan_first_call(file: CaseFile, party: Party, transfer: Transfer) -> None:
    """The ringing that belongs to a fresh case."""
    step = first_step(file, transfer)
    _plan(file, party, step, n=1, value=_value(file, [transfer]))


def plan_for_joined(file: CaseFile, transfer: Transfer) -> None:
    """One call covers all transfers: a planned one is moved up for a newcomer in a hurry, and may start as late as
    the most patient of them allows. Whoever has taken the calls over is told of the newcomer, and rings about it."""
    if in_a_persons_hands(file):
        file.note("ladder_ended", reason="taken_over")
        escalate(file)
        return
    attempts = file.unit.attempts.of_case(file.case.id)
    step = first_step(file, transfer)
    pending, own = pending_of(file), to_the_customer(file, attempts)
    planned = [a for a in own if a.state is AttemptState.PLANNED and not (a.promised and _says_nothing(file, step, a))]
    if planned:
        _replan(file, planned[0], step, _value(file, pending, attempts))
        return
    under_way = [a for a in own if a.state in LIVE or a.state is AttemptState.CLAIMED]
    for attempt in under_way:
        _may_start_later(file, attempt, step)
    party = customer_of(file)
    if under_way or file.case.no_calls or party is None:
        return
    if len(calls_of_case(file, attempts)) >= file.unit.policy.calling.max_calls_per_case:
        step = NoMoreCalls(reason="calls_used_up")
    _plan(file, party, step, n=len(attempts) + 1, value=_value(file, pending, attempts))


def _says_nothing(file: CaseFile, step: NextCall | NoMoreCalls, promise: Attempt) -> bool:
    """It comes too late for this payment, or to whoever answered at another number than the customer's own."""
    return too_late_for(step, promise) or not asked_by_customer(file, promise)


def plan_for_pending(file: CaseFile) -> None:
    """The same for all that is pending, by the most patient of them: there had been nobody to ring, or no time."""
    _plan_about(file, pending_of(file))


def _plan_about(file: CaseFile, pending: list[Transfer]) -> None:
    if pending:
        plan_for_joined(file, max(pending, key=lambda t: t.settle_at))


def calls_of_case(file: CaseFile, attempts: Sequence[Attempt]) -> list[Attempt]:
    """What uses up the calls that a case has: what was posted, or still may be. To our own people none does."""
    ours = {p.id for p in file.unit.parties.of_case(file.case) if p.role is Role.AGENT}
    return [a for a in attempts if a.party_id not in ours and (a.intent_at is not None or a.state not in OVER)]


def _replan(file: CaseFile, planned: Attempt, step: NextCall | NoMoreCalls, value: int) -> None:
    moved = replace(planned, value=value, turn=raise_turn(planned.turn, file.case.tier))
    if isinstance(step, NextCall):
        due = file.now if too_late_for(step, planned) and not planned.promised else planned.due_at
        moved = replace(moved, due_at=due, latest_start=max(planned.latest_start, step.latest_start))
    file.unit.attempts.save(moved)
    file.unit.wakes.add("dispatch")


def _may_start_later(file: CaseFile, attempt: Attempt, step: NextCall | NoMoreCalls) -> None:
    """What is under way is about this, too, if it still waits for its line, or has to be posted again."""
    if isinstance(step, NextCall) and attempt.latest_start < step.latest_start:
        file.unit.attempts.save(replace(attempt, latest_start=step.latest_start))


def use_more_time(file: CaseFile, transfer: Transfer) -> None:
    """The window was extended: planned calls may start later, a ladder that had ended may go on, its rungs move. How a
    call to a guardian ended says nothing about the customer's."""
    set_ladder(file)
    step = first_step(file, transfer)
    attempts = [a for a in file.unit.attempts.of_case(file.case.id) if not is_agent(file, a)]
    for attempt in attempts:
        if attempt.state is AttemptState.PLANNED:
            _replan(file, attempt, step, attempt.value)
        elif attempt.state not in OVER:
            _may_start_later(file, attempt, step)
    go_on_ringing(file, attempts)


def hurry(file: CaseFile) -> None:
    """The case became more serious: what was planned for later, or for the morning, is due now. So is a call that was
    not made: what kept it from ringing, as the night does, may not count for a graver case."""
    attempts = file.unit.attempts.of_case(file.case.id)
    for attempt in attempts:
        if attempt.state is AttemptState.PLANNED and not attempt.promised:
            due = min(attempt.due_at, file.now)
            file.unit.attempts.save(replace(attempt, due_at=due, turn=raise_turn(attempt.turn, file.case.tier)))
            file.unit.wakes.add("dispatch")
    hurry_prompts(file)
    _ring_after_all(file, [a for a in to_the_customer(file, attempts) if not to_come(a)])


def go_on_ringing(file: CaseFile, attempts: Sequence[Attempt]) -> None:
    """Where the calls to the customer stopped: they have more time than they had, or are the machine's again."""
    own = [a for a in to_the_customer(file, attempts) if not to_come(a)]
    if not own or any(a.state is AttemptState.PLANNED for a in own) or _ring_after_all(file, own):
        return
    plan_next_call(file, own[-1])


def _ring_after_all(file: CaseFile, own: Sequence[Attempt]) -> bool:
    """A call that was planned and never made is planned anew, as if its payment joined now: every limit and last check
    is asked again. False if there is none."""
    party = _never_rung(file, own)
    if party is None:
        return False
    pending = pending_of(file)
    under_way = any(a.state not in OVER for a in own)
    if not pending or under_way or in_a_persons_hands(file) or spoken_to(file, RungKind.CALL):
        return True
    if deferred_by_appointment(file):
        # It gave way to a call that was promised, and comes when that was in vain.
        return True
    if party.role is Role.CUSTOMER:
        plan_for_pending(file)
    elif reason := plan_call(file, party):
        file.note("ladder_ended", reason=reason)
    return True


def _never_rung(file: CaseFile, own: Sequence[Attempt]) -> Party | None:
    """Whose newest call was not made. The customer's own number goes before the one that was to be rung last."""
    party = customer_of(file)
    to_them = [a for a in own if party is not None and a.party_id == party.id]
    if to_them and to_them[-1].state in NEVER_RANG:
        return party
    missed = bool(own) and own[-1].state in NEVER_RANG
    return file.unit.parties.get(own[-1].party_id, file.case.customer_id) if missed else None


def plan_next_call(file: CaseFile, last: Attempt) -> None:
    """What follows a ringing that ended without settling the case."""
    attempts = file.unit.attempts.of_case(file.case.id)
    to_them = [a for a in attempts if a.party_id == last.party_id]
    same_party, promise = [a for a in to_them if not to_come(a)], next(filter(to_come, to_them), None)
    pending = pending_of(file) if promise is None else too_urgent_to_defer(file, last, promise)
    if promise is not None and last.n < promise.n and not speaks_for_all(file, last):
        # Nobody known asked for it: what came meanwhile is asked about at the customer's own number.
        _plan_about(file, joined_in(file, last, pending_of(file)))
        return
    if not pending or any(a.state not in OVER for a in same_party):
        return
    party = file.unit.parties.get(last.party_id, file.case.customer_id)
    if unwanted(file, party):
        file.note("ladder_ended", reason="opt_out")
        return
    settles_at = max(t.settle_at for t in pending)
    step = next_call(same_party, file.now, settles_at, file.unit.policy.calling)
    if isinstance(step, NoMoreCalls) and step.reason in _SAYS_NOTHING_OF_OTHERS:
        joined = joined_in(file, last, pending)
        if joined:
            _plan_about(file, joined)
            return
    if in_a_persons_hands(file):
        file.note("ladder_ended", reason="taken_over")
        return
    if last.promised and party.role is Role.GUARDIAN:
        # Somebody waited for them on the line; they do so no more.
        return
    _plan(file, party, step, n=len(attempts) + 1, value=_value(file, pending, same_party))


def plan_call(file: CaseFile, party: Party) -> str | None:
    """Ring this number as soon as it may be: a rung of its own. Answers why not, or None when the call is planned."""
    attempts, pending = file.unit.attempts.of_case(file.case.id), pending_of(file)
    if unwanted(file, party):
        return "opt_out"
    if any(a.party_id == party.id and a.state not in OVER for a in attempts):
        return "call_under_way"
    if len(calls_of_case(file, attempts)) >= file.unit.policy.calling.max_calls_per_case:
        return "calls_used_up"
    settles_at = max((t.settle_at for t in pending), default=file.now)
    step = first_call(file.now, settles_at, file.unit.policy.calling)
    if isinstance(step, NoMoreCalls):
        return step.reason
    _plan(file, party, step, n=len(attempts) + 1, value=_value(file, pending))
    return None


def unwanted(file: CaseFile, party: Party) -> bool:
    """They asked for no more automated calls. Their guardians were not asked, and remain."""
    return file.case.no_calls and party.role in CUSTOMER_ROLES


def in_a_persons_hands(file: CaseFile) -> bool:
    """A person has taken the calls over, and still has the case in hand."""
    return taken_over(file.unit.reviews.get(file.case.id), file.now)


def suppress(file: CaseFile, attempt: Attempt, reason: str, **facts: Fact) -> None:
    """This ringing must not happen; the reason stands in the timeline."""
    state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.SUPPRESS)
    ended = replace(attempt, state=state, disposition=Disposition.SUPPRESSED, ended_at=file.now, check_at=None)
    file.unit.attempts.save(ended)
    file.unit.wakes.add(over(ended))
    file.note("attempt_suppressed", attempt=attempt.id, reason=reason, **facts)
    if attempt.promised:
        # Somebody waits for this call: people shall know that it does not come.
        escalate(file)


def _plan(file: CaseFile, party: Party, step: NextCall | NoMoreCalls, *, n: int, value: int) -> None:
    if isinstance(step, NoMoreCalls):
        file.note("ladder_ended", reason=step.reason)
        return
    attempt = Attempt(
        id=AttemptId(file.unit.ids.new("att")),
        case_id=file.case.id,
        party_id=party.id,
        number_index=party.number_index,
        n=n,
        due_at=step.due_at,
        latest_start=step.latest_start,
        value=value,
        turn=turn_of(file.case.tier, party),
    )
    file.unit.attempts.add(attempt, file.now)
    file.note("attempt_planned", attempt=attempt.id, n=n, party=party.id, due_at=step.due_at.isoformat())
    file.unit.wakes.add("dispatch")


def _value(file: CaseFile, transfers: list[Transfer], earlier: Sequence[Attempt] = ()) -> int:
    """What another call is expected to save, after the earlier ones; unknown currencies count as one to one."""
    policy = file.unit.policy
    at_risk = [
        (
            hardship_weighted(policy.in_base(t.amount, t.currency) or t.amount, t.share_of_balance, policy.overload),
            t.typology,
        )
        for t in transfers
    ]
    return value_of(at_risk, earlier, policy.overload)
