"""Plan the case's calls: one when the case opens, one when a call ended, and an earlier one when a transfer joins."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from wakeup.domain.attempt import (
    LIVE,
    OVER,
    WAITED_FOR,
    Attempt,
    AttemptEvent,
    AttemptState,
    Errand,
)
from wakeup.domain.call_value import fair_class_of, hardship_weighted, raise_fair_class, value_of
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ladder import NextCall, NoMoreCalls, first_call
from wakeup.domain.outcome import Disposition
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.domain.policy import Policy
from wakeup.domain.review import taken_over
from wakeup.domain.rung import RungKind
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.calls import end_attempt
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.case.follow_up import escalate, escalate_missed
from wakeup.usecases.case.parties import customer_of, to_the_customer
from wakeup.usecases.case.planning import UNPLANNED, add_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import hurry_prompts
from wakeup.usecases.ladder.appointment_precedence import (
    asked_by_customer,
    deferred_by_appointment,
    first_step,
    joined_in,
    speaks_for_all,
    to_come,
    too_late_for,
    too_urgent_to_defer,
)
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.ladder.spare_calls import calls_of_case, next_to_party
from wakeup.usecases.ladder.spoken_to import spoken_to
from wakeup.usecases.records import Fact

NEVER_RANG = frozenset({AttemptState.SUPPRESSED, AttemptState.CANCELED})
_SAYS_NOTHING_OF_OTHERS = frozenset({"spoken_to", "always_busy", "never_answers"})
"""Reasons that end the calls about the transfers discussed so far. A transfer that joined meanwhile is called
about all the same."""
_WAITED_FOR_ALONE = WAITED_FOR - {Errand.GUEST, Errand.LISTENER}
"""Errands of calls for which a callee or customer waits alone. A guest or listener joins a customer who talks to an
agent."""


def plan_first_call(file: CaseFile, party: Party, transfer: Transfer) -> None:
    """Plan the first call of a fresh case."""
    step = first_step(file, transfer)
    _plan(file, party, step, n=1, value=_value(file, [transfer]))


def plan_for_joined(file: CaseFile, transfer: Transfer) -> None:
    """Plan the call about a transfer that joins. One call covers all transfers: a planned call is moved up if the
    new transfer is urgent, and may start as late as the longest window allows. If a staff member has taken the
    calls over, the case goes into the review queue, and they call about it."""
    if in_a_persons_hands(file):
        file.note("ladder_ended", reason="taken_over")
        escalate(file)
        return
    attempts = file.calls()
    step = first_step(file, transfer)
    pending, own = file.pending(), to_the_customer(file, attempts)
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
    """True if the promised call does not cover this transfer: it comes too late for it, or was asked for at an
    alternate number by a callee who is not known to be the customer."""
    return too_late_for(step, promise) or not asked_by_customer(file, promise)


def plan_for_pending(file: CaseFile) -> None:
    """Plan the call about all pending transfers, by the one with the longest window: there had been no number to
    call, or no time."""
    _plan_about(file, file.pending())


def _plan_about(file: CaseFile, pending: list[Transfer]) -> None:
    if pending:
        plan_for_joined(file, max(pending, key=lambda t: t.settle_at))


def _replan(file: CaseFile, planned: Attempt, step: NextCall | NoMoreCalls, value: int) -> None:
    moved = replace(planned, value=value, fair_class=raise_fair_class(planned.fair_class, file.case.tier))
    if isinstance(step, NextCall):
        due = file.now if too_late_for(step, planned) and not planned.promised else planned.due_at
        moved = replace(moved, due_at=due, latest_start=max(planned.latest_start, step.latest_start))
    file.unit.attempts.save(moved)
    file.unit.wakes.add("dispatch")


def _may_start_later(file: CaseFile, attempt: Attempt, step: NextCall | NoMoreCalls) -> None:
    """Let a call under way start as late as the new step allows: it covers the new transfer too if it still waits
    for a line or has to be posted again."""
    if isinstance(step, NextCall) and attempt.latest_start < step.latest_start:
        file.unit.attempts.save(replace(attempt, latest_start=step.latest_start))


def use_more_time(file: CaseFile, transfer: Transfer) -> None:
    """Use an extended window: planned calls may start later, a ladder that had ended may go on, and its rungs
    move. Calls to guardians do not decide how the calls to the customer go on."""
    set_ladder(file)
    step = first_step(file, transfer)
    attempts = [a for a in file.calls() if not a.rings_staff]
    for attempt in attempts:
        if attempt.state is AttemptState.PLANNED:
            _replan(file, attempt, step, attempt.value)
        elif attempt.state not in OVER:
            _may_start_later(file, attempt, step)
    go_on_ringing(file, attempts)


def speed_up_calls(file: CaseFile) -> None:
    """Speed up after the tier has risen: calls planned for later, or for the morning, are due now, except
    appointments. A call that was suppressed or cancelled is planned again, because what prevented it, such as
    quiet hours, may not apply to the higher tier."""
    attempts = file.calls()
    for attempt in attempts:
        if attempt.state is AttemptState.PLANNED and not attempt.promised:
            due = min(attempt.due_at, file.now)
            file.unit.attempts.save(
                replace(attempt, due_at=due, fair_class=raise_fair_class(attempt.fair_class, file.case.tier))
            )
            file.unit.wakes.add("dispatch")
    hurry_prompts(file)
    _ring_after_all(file, [a for a in to_the_customer(file, attempts) if not to_come(a)])


def go_on_ringing(file: CaseFile, attempts: Sequence[Attempt]) -> None:
    """Go on where the calls to the customer stopped, because the window was extended or a take-over has ended."""
    own = [a for a in to_the_customer(file, attempts) if not to_come(a)]
    if not own or any(a.state is AttemptState.PLANNED for a in own) or _ring_after_all(file, own):
        return
    plan_next_call(file, own[-1])


def _ring_after_all(file: CaseFile, own: Sequence[Attempt]) -> bool:
    """Plan a call again that was planned and never made, as if its transfer joined now, so that every limit and
    last check applies again. Returns False if there is no such call."""
    party = _never_rung(file, own)
    if party is None:
        return False
    pending = file.pending()
    under_way = any(a.state not in OVER for a in own)
    if not pending or under_way or in_a_persons_hands(file) or spoken_to(file, RungKind.CALL):
        return True
    if deferred_by_appointment(file):
        # It was cancelled for an appointment, and is reinstated if that call fails.
        return True
    if party.role is Role.CUSTOMER:
        plan_for_pending(file)
    elif reason := plan_call(file, party):
        file.note("ladder_ended", reason=reason)
    return True


def _never_rung(file: CaseFile, own: Sequence[Attempt]) -> Party | None:
    """Return the party whose newest call was not made, or None. The customer's own number has precedence over the
    number called last."""
    party = customer_of(file)
    to_them = [a for a in own if party is not None and a.party_id == party.id]
    if to_them and to_them[-1].state in NEVER_RANG:
        return party
    missed = bool(own) and own[-1].state in NEVER_RANG
    return file.unit.parties.get(own[-1].party_id, file.case.customer_id) if missed else None


def plan_next_call(file: CaseFile, last: Attempt) -> None:
    """Plan the call that follows one that ended without settling the case."""
    if is_unreadable(file):
        file.note("ladder_ended", reason="unreadable")
    else:
        _plan_next(file, last)


def _plan_next(file: CaseFile, last: Attempt) -> None:
    attempts = file.calls()
    to_them = [a for a in attempts if a.party_id == last.party_id]
    same_party, promise = [a for a in to_them if not to_come(a)], next(filter(to_come, to_them), None)
    pending = file.pending() if promise is None else too_urgent_to_defer(file, last, promise)
    if promise is not None and last.n < promise.n and not speaks_for_all(file, last):
        # The callee who asked for the appointment is not known to be the customer, so the customer's own number is
        # called about what joined meanwhile.
        _plan_about(file, joined_in(file, last, file.pending()))
        return
    if not pending or any(a.state not in OVER for a in same_party):
        return
    party = file.unit.parties.get(last.party_id, file.case.customer_id)
    if unwanted(file, party):
        file.note("ladder_ended", reason="opt_out")
        return
    step = next_to_party(file, attempts, same_party, party, max(t.settle_at for t in pending))
    if isinstance(step, NoMoreCalls) and step.reason in _SAYS_NOTHING_OF_OTHERS:
        joined = joined_in(file, last, pending)
        if joined:
            _plan_about(file, joined)
            return
    if in_a_persons_hands(file):
        file.note("ladder_ended", reason="taken_over")
        return
    if last.errand is Errand.COMPANY:
        # A caller waited on the line for this guardian, and no longer waits.
        return
    _plan(file, party, step, n=len(attempts) + 1, value=_value(file, pending, same_party))


def plan_call(file: CaseFile, party: Party) -> str | None:
    """Plan a call to this number as soon as allowed, as a rung of its own. Returns None when it is planned,
    otherwise the reason why not."""
    attempts, pending = file.calls(), file.pending()
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
    """True if the customer asked for no more automated calls and the party is one of the customer's numbers.
    Guardians did not ask for that and may still be called."""
    return file.case.no_calls and party.role in CUSTOMER_ROLES


def in_a_persons_hands(file: CaseFile) -> bool:
    """True if a staff member has taken the calls over and still holds the case."""
    return taken_over(file.review, file.now)


def suppress(file: CaseFile, attempt: Attempt, reason: str, **facts: Fact) -> None:
    """End an attempt that must not be called. The timeline holds the reason."""
    end_attempt(file, attempt, AttemptEvent.SUPPRESS, Disposition.SUPPRESSED)
    file.note("attempt_suppressed", attempt=attempt.id, reason=reason, **facts)
    if attempt.errand in _WAITED_FOR_ALONE:
        # The callee or customer waits for this call: staff must know that it will not come.
        escalate_missed(file, attempt)


def _plan(file: CaseFile, party: Party, step: NextCall | NoMoreCalls, *, n: int, value: int) -> None:
    if isinstance(step, NoMoreCalls):
        file.note("ladder_ended", reason=step.reason)
        return
    draft = Attempt(
        id=UNPLANNED,
        case_id=file.case.id,
        party_id=party.id,
        number_index=party.number_index,
        n=n,
        due_at=step.due_at,
        latest_start=step.latest_start,
        value=value,
        fair_class=fair_class_of(file.case.tier, party),
        errand=Errand.LADDER,
    )
    attempt = add_call(file, draft)
    file.note("attempt_planned", attempt=attempt.id, n=n, party=party.id, due_at=step.due_at.isoformat())


def _value(file: CaseFile, transfers: list[Transfer], earlier: Sequence[Attempt] = ()) -> int:
    """Return what another call is expected to save, after the earlier ones."""
    policy = file.unit.policy
    risked = [at_risk(policy, t.amount, t.currency, t.share_of_balance, t.typology) for t in transfers]
    return value_of(risked, earlier, policy.overload)


def at_risk(
    policy: Policy, amount: Decimal, currency: str, share_of_balance: float | None, typology: str
) -> tuple[Decimal, str]:
    """Return what a transfer counts in the value of a call. An amount in an unknown currency counts one to one."""
    return hardship_weighted(policy.in_base(amount, currency) or amount, share_of_balance, policy.overload), typology
