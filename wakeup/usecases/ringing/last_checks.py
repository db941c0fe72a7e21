"""The checks that are repeated just before a phone rings: reasons why it must not ring, or not yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt, Errand
from wakeup.domain.confirmation import has_said, needs_no_more_answers
from wakeup.domain.party import Party, Role
from wakeup.domain.transfer import Tier, Transfer
from wakeup.domain.window import may_ring, next_ringing_hour
from wakeup.usecases.agents.offers import no_use_ringing
from wakeup.usecases.case.parties import same_number
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.guests import no_use_joining
from wakeup.usecases.conference.listen_in import no_use_listening
from wakeup.usecases.guardians.ask_guardian import guardian_barred
from wakeup.usecases.guardians.choose_guardian import no_more
from wakeup.usecases.ladder.plan_calls import in_a_persons_hands, unwanted
from wakeup.usecases.ladder.spare_calls import calls_of_case
from wakeup.usecases.records import Fact
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

DAY, THREE_DAYS = timedelta(days=1), timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """This attempt is never called. `facts` adds ids, enums and numbers to the timeline."""

    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """This attempt must wait until `until`."""

    reason: str
    until: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """As in `Refusal`."""


def refusal(file: CaseFile, attempt: Attempt, party: Party, ours: tuple[str, ...]) -> Refusal | None:
    """Return why this number must not be called at all, or None. The checks that cost most come last."""
    if party.role is Role.AGENT:
        # Agents are at work, and are called for a customer who waits: neither calling hours nor caps apply to
        # them.
        no_use = no_use_listening if attempt.errand is Errand.LISTENER else no_use_ringing
        reason = "own_number" if party.phone in ours else no_use(file, attempt)
        return None if reason is None else Refusal(reason=reason)
    if reason := _about_the_case(file, attempt, party, ours):
        return Refusal(reason=reason)
    return _destination(file, party) or _caps(file, attempt, party)


def reason_to_wait(file: CaseFile, attempt: Attempt, party: Party) -> Wait | None:
    """Return why the call must wait, and until when, or None."""
    if party.role is Role.AGENT:
        return None
    return _quiet_hours(file, attempt, party) or _too_soon(file, attempt) or _person_busy(file, party)


def _about_the_case(file: CaseFile, attempt: Attempt, party: Party, ours: tuple[str, ...]) -> str | None:
    pending = file.pending()
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        # An appointment is kept also for transfers on hold.
        ("nothing_pending", lambda: not (file.open_transfers() if attempt.promised else pending)),
        ("opt_out", lambda: unwanted(file, party)),
        ("number_suspicious", lambda: not party.ringable),
        ("own_number", lambda: party.phone in ours),
        ("window_too_short", lambda: attempt.latest_start < file.now),
        ("do_not_call", lambda: file.unit.do_not_call.holds(attempt.number_index, Channel.VOICE)),
        # The attempt was being posted during the take-over, which found nothing to cancel, and was then proven not
        # sent.
        ("taken_over", lambda: not attempt.promised and in_a_persons_hands(file)),
        ("payees_number", lambda: _is_a_payees(file, party, pending)),
    )
    reason = next((reason for reason, holds in checks if holds()), None)
    return reason or (_about_the_guardian(file, attempt, party) if party.role is Role.GUARDIAN else None)


def _about_the_guardian(file: CaseFile, attempt: Attempt, party: Party) -> str | None:
    """Return what speaks against calling this guardian since the call was planned: news from the bank, the
    customer or the guardian. An earlier answer does not keep a guardian from joining a conversation, because the
    customer waits for them."""
    if barred := guardian_barred(file):
        return barred
    if file.unit.do_not_call.holds(party.number_index, Channel.SMS):
        return "opted_out"
    if withdrawn := no_more(file, party):
        return withdrawn
    if attempt.errand is Errand.GUEST and (useless := no_use_joining(file, attempt)):
        return useless
    asked = file.unit.confirmations.of_case(file.case.id)
    answered = needs_no_more_answers(asked) or has_said(asked, party.number_index)
    return "answered" if answered and not attempt.promised else None


def _is_a_payees(file: CaseFile, party: Party, pending: list[Transfer]) -> bool:
    """True if the number belongs to the payee of a pending transfer, also of one that joined after the case's
    parties were stored."""
    return any(same_number(party.phone, file.unit.transfers.payee(transfer)) for transfer in pending)


def _destination(file: CaseFile, party: Party) -> Refusal | None:
    """Refuse every destination that the policy does not allow. Gaps of the provider are named as such, since no
    policy can close them."""
    calling = file.unit.policy.calling
    allowed = calling.destinations.get(party.region)
    if allowed is not None and party.line_type in allowed:
        return None
    if party.region in calling.not_served:
        why = calling.not_served[party.region]
    else:
        why = "region not in the policy" if allowed is None else "kind of line not in the policy"
    facts = {"region": party.region, "line_type": party.line_type, "why": why}
    return Refusal(reason="destination_refused", facts=facts)


def _caps(file: CaseFile, attempt: Attempt, party: Party) -> Refusal | None:
    """Refuse a number or customer that was called enough. The caps count posted calls, whoever they were for, and
    bind "ring again" as well."""
    calling, now, attempts = file.unit.policy.calling, file.now, file.unit.attempts
    of_case = sum(o.intent_at is not None for o in calls_of_case(file, file.calls()))
    if of_case >= calling.max_calls_per_case:
        return Refusal(reason="case_cap", facts={"rung": of_case})
    rung = attempts.rung_since(attempt.number_index, now - DAY)
    if rung >= calling.max_calls_per_number_day:
        return Refusal(reason="cap", facts={"rung": rung})
    if reached_often(file.unit, attempt.number_index, party.region, now):
        return Refusal(reason="cap_3_days", facts={"region": party.region})
    if party.role is not Role.GUARDIAN:
        rung = file.unit.ringings.of_person(file.case.customer_id, now - DAY)
        if rung >= calling.max_calls_per_person_day:
            return Refusal(reason="person_cap", facts={"rung": rung})
    return None


def count_one_by_one(unit: Unit, number_index: str, region: str) -> None:
    """Let calls and SMS to this number be counted one after the other, where the region's cap counts both: for two
    customers with one guardian no other lock is common to them."""
    if unit.policy.calling.per_number_3_days.get(region) is not None:
        unit.attempts.lock_number(number_index)


def reached_often(unit: Unit, number_index: str, region: str, now: datetime) -> bool:
    """True if the calls and SMS to this number reach the region's cap for three days; the law counts both together."""
    most = unit.policy.calling.per_number_3_days.get(region)
    if most is None:
        return False
    since = now - THREE_DAYS
    return unit.attempts.rung_since(number_index, since) + unit.texts.sent_since(number_index, since) >= most


def over_budget(file: CaseFile, party: Party) -> Wait | None:
    """Take one call of the region's hourly budget. If it is used up, the call waits until the oldest call of the
    budget is an hour old. The budget limits what a runaway feed or a stolen key can cost. This check comes last,
    because it takes a call."""
    most = file.unit.policy.calling.per_hour.get(party.region)
    if most is None or file.unit.budgets.take(party.region, file.now, most):
        return None
    file.unit.wakes.add(alarm("region_budget"))
    until = file.unit.budgets.free_at(party.region, file.now)
    return Wait(reason="region_budget", until=until, facts={"region": party.region, "per_hour": most})


def return_budget(file: CaseFile, attempt: Attempt) -> None:
    """Give the call back to its region's budget, because the POST provably led to nothing."""
    if attempt.intent_at is None or not file.unit.policy.calling.per_hour:
        return
    party = file.unit.parties.get(attempt.party_id, file.case.customer_id)
    file.unit.budgets.give_back(party.region, attempt.intent_at)


def _quiet_hours(file: CaseFile, attempt: Attempt, party: Party) -> Wait | None:
    """Wait for calling hours, unless the case is critical. A number that may be in several time zones is called
    when all of them are within calling hours."""
    calling, now = file.unit.policy.calling, file.now
    quiet = [zone for zone in zones_of(file, party) if not may_ring(now, zone, calling)]
    if not quiet:
        return None
    if file.case.tier is Tier.CRITICAL:
        file.note("quiet_hours_overridden", attempt=attempt.id, tier=file.case.tier)
        return None
    return Wait(reason="quiet_hours", until=max(next_ringing_hour(now, zone, calling) for zone in quiet))


def zones_of(file: CaseFile, party: Party) -> list[str]:
    """Return the time zones in which the callee may be: the customer's own, or those of a number abroad."""
    return party.zones.split() or [file.case.timezone]


def _too_soon(file: CaseFile, attempt: Attempt) -> Wait | None:
    """Wait for the minimum gap since the last call to this number, whichever case that was for."""
    gap = file.unit.policy.calling.min_gap
    ended = file.unit.ringings.ended_since(attempt.number_index, file.now - gap)
    return None if ended is None else Wait(reason="min_gap", until=ended + gap)


def _person_busy(file: CaseFile, party: Party) -> Wait | None:
    """Wait while a call to the customer is live, at another number or for another case."""
    if party.role is Role.GUARDIAN or not file.unit.ringings.person_is_live(file.case.customer_id):
        return None
    return Wait(reason="person_live", until=file.now + file.unit.policy.calling.min_gap)
