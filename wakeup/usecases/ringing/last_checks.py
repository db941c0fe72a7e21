"""Everything that is asked once more in the moment before a phone rings: why it must not, or not yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.confirmation import has_said, settled
from wakeup.domain.party import Party, Role
from wakeup.domain.transfer import STILL_OPEN, Tier, Transfer, TransferState
from wakeup.domain.window import may_ring, next_ringing_hour
from wakeup.usecases.agents.offers import no_use_ringing
from wakeup.usecases.case.people import same_number
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.guests import no_use_joining
from wakeup.usecases.conference.listen_in import no_use_listening
from wakeup.usecases.guardians.ask_guardian import guardian_barred
from wakeup.usecases.guardians.choose_guardian import no_more
from wakeup.usecases.ladder.plan_calls import calls_of_case, in_a_persons_hands, unwanted
from wakeup.usecases.records import Fact
from wakeup.usecases.repositories.correspondence import Channel
from wakeup.usecases.unit import Unit

DAY, THREE_DAYS = timedelta(days=1), timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """This attempt never rings. `facts` say more in the timeline: ids, enums and numbers."""

    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Not now, but not before `until`."""

    reason: str
    until: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """As a refusal's."""


def refusal(file: CaseFile, attempt: Attempt, party: Party, ours: tuple[str, ...]) -> Refusal | None:
    """Why this number must not be rung at all, or None. What costs most to find out is asked last."""
    if party.role is Role.AGENT:
        # They are at work, and rung for somebody who waits: neither hours nor caps are theirs.
        listens = file.unit.listeners.get(attempt.id) is not None
        no_use = no_use_listening if listens else no_use_ringing
        reason = "own_number" if party.phone in ours else no_use(file, attempt)
        return None if reason is None else Refusal(reason=reason)
    if reason := _about_the_case(file, attempt, party, ours):
        return Refusal(reason=reason)
    return _destination(file, party) or _caps(file, attempt, party)


def wait(file: CaseFile, attempt: Attempt, party: Party) -> Wait | None:
    """What asks for patience, or None."""
    if party.role is Role.AGENT:
        return None
    return _quiet_hours(file, attempt, party) or _too_soon(file, attempt) or _person_busy(file, party)


def _about_the_case(file: CaseFile, attempt: Attempt, party: Party, ours: tuple[str, ...]) -> str | None:
    pending = [t for t in file.transfers() if t.state is TransferState.PENDING]
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("nothing_pending", lambda: not (_current(file) if attempt.promised else pending)),
        ("opt_out", lambda: unwanted(file, party)),
        ("number_suspicious", lambda: not party.ringable),
        ("own_number", lambda: party.phone in ours),
        ("window_too_short", lambda: attempt.latest_start < file.now),
        ("do_not_call", lambda: file.unit.do_not_call.holds(attempt.number_index, Channel.VOICE)),
        # Planned before, posted, and proven not sent: the take-over found nothing to cancel.
        ("taken_over", lambda: not attempt.promised and in_a_persons_hands(file)),
        ("payees_number", lambda: _is_a_payees(file, party, pending)),
    )
    reason = next((reason for reason, holds in checks if holds()), None)
    return reason or (_about_the_guardian(file, attempt, party) if party.role is Role.GUARDIAN else None)


def _about_the_guardian(file: CaseFile, attempt: Attempt, party: Party) -> str | None:
    """What was heard since the ringing was planned: from the bank, from the customer, from the guardian. What they have
    said already keeps nobody from a talk with the customer, who waits for them."""
    if barred := guardian_barred(file):
        return barred
    if file.unit.do_not_call.holds(party.number_index, Channel.SMS):
        return "opted_out"
    if withdrawn := no_more(file, party):
        return withdrawn
    if attempt.promised and (useless := no_use_joining(file, attempt)):
        return useless
    asked = file.unit.confirmations.of_case(file.case.id)
    answered = settled(asked) or has_said(asked, party.number_index)
    return "answered" if answered and not attempt.promised else None


def _current(file: CaseFile) -> bool:
    """A promise is kept as long as there is something to talk about: what is on hold, too."""
    return any(t.state in STILL_OPEN for t in file.transfers())


def _is_a_payees(file: CaseFile, party: Party, pending: list[Transfer]) -> bool:
    """Also of a transfer that joined after the case's people were written down."""
    return any(same_number(party.phone, file.unit.transfers.payee(transfer)) for transfer in pending)


def _destination(file: CaseFile, party: Party) -> Refusal | None:
    """Default deny. The provider's own gaps are named as such: no policy can open them."""
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
    """Who was rung enough. They count what was posted, whoever it was for, and bind "ring again" as well."""
    calling, now, attempts = file.unit.policy.calling, file.now, file.unit.attempts
    of_case = sum(o.intent_at is not None for o in calls_of_case(file, attempts.of_case(file.case.id)))
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


def reached_often(unit: Unit, number_index: str, region: str, now: datetime) -> bool:
    """Calls and texts together, where the law counts both."""
    most = unit.policy.calling.per_number_3_days.get(region)
    if most is None:
        return False
    since = now - THREE_DAYS
    return unit.attempts.rung_since(number_index, since) + unit.texts.sent_since(number_index, since) >= most


def over_budget(file: CaseFile, party: Party) -> Wait | None:
    """The region's calls of the last hour are used up: a runaway feed or a stolen key costs no more than this. The call
    waits until the first of them is an hour old. Takes one, so it is asked when everything else was."""
    most = file.unit.policy.calling.per_hour.get(party.region)
    if most is None or file.unit.budgets.take(party.region, file.now, most):
        return None
    file.unit.wakes.add("alarm:region_budget")
    until = file.unit.budgets.free_at(party.region, file.now)
    return Wait(reason="region_budget", until=until, facts={"region": party.region, "per_hour": most})


def return_budget(file: CaseFile, attempt: Attempt) -> None:
    """Nothing came of the POST, certainly: its region has the call again."""
    if attempt.intent_at is None or not file.unit.policy.calling.per_hour:
        return
    party = file.unit.parties.get(attempt.party_id, file.case.customer_id)
    file.unit.budgets.give_back(party.region, attempt.intent_at)


def _quiet_hours(file: CaseFile, attempt: Attempt, party: Party) -> Wait | None:
    """Outside decent hours only a critical case rings. A number that may be in several zones rings when it is decent in
    all of them."""
    calling, now = file.unit.policy.calling, file.now
    quiet = [zone for zone in zones_of(file, party) if not may_ring(now, zone, calling)]
    if not quiet:
        return None
    if file.case.tier is Tier.CRITICAL:
        file.note("quiet_hours_overridden", attempt=attempt.id, tier=file.case.tier)
        return None
    return Wait(reason="quiet_hours", until=max(next_ringing_hour(now, zone, calling) for zone in quiet))


def zones_of(file: CaseFile, party: Party) -> list[str]:
    """Where the callee may be: the customer's own zone, or those of a number abroad."""
    return party.zones.split() or [file.case.timezone]


def _too_soon(file: CaseFile, attempt: Attempt) -> Wait | None:
    """People need a moment between two ringings, whichever case they are for."""
    gap = file.unit.policy.calling.min_gap
    ended = file.unit.ringings.ended_since(attempt.number_index, file.now - gap)
    return None if ended is None else Wait(reason="min_gap", until=ended + gap)


def _person_busy(file: CaseFile, party: Party) -> Wait | None:
    """The customer is on the line with us, on another number or for another case."""
    if party.role is Role.GUARDIAN or not file.unit.ringings.person_is_live(file.case.customer_id):
        return None
    return Wait(reason="person_live", until=file.now + file.unit.policy.calling.min_gap)
