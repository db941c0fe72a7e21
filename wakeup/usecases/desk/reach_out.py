"""Staff act on a case's calls: have the customer rung again, have a guardian asked, or take over the calls
themselves."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import NOT_BEGUN, Errand
from wakeup.domain.case import CaseState
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import PartyId
from wakeup.domain.party import CUSTOMER_ROLES, Party
from wakeup.domain.review import Act, Review, holder
from wakeup.domain.staff import Right, demand
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.stop_calls import stop_calls
from wakeup.usecases.deciding.warning_after_allow import end_follow_up
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.ladder.plan_calls import plan_call
from wakeup.usecases.ladder.rungs import look_by
from wakeup.usecases.review.older_page import no_wait_since_page
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

NO_CALL = {
    "opt_out": "the customer wants no more automated calls",
    "call_under_way": "a call to this number is planned or running already",
    "calls_used_up": "the maximum number of calls for this case is reached",
    "window_closed": "no transfer is waiting for a decision any more; only a human can call now",
}
"""Why no automated call is planned, as shown to staff. The last checks before ringing are recorded in the timeline."""
NO_TEXT = {
    "family_risk": "the danger may be in the family, so no guardian is told about this case",
    "extortion": "no guardian is told about a case of extortion",
    "declined": "the customer does not want guardians to be told",
    "nothing_pending": "there is nothing left for a guardian to help with",
    "prompt_open": "a guardian was asked and may still answer",
    "answered": "a guardian has answered already",
    "enough_asked": "the maximum number of guardians was asked",
    "cap": "the maximum number of texts was sent",
    "no_guardian": "no guardian is known",
    "none_eligible": "no guardian may be asked",
    "quiet_hours": "it is night at the guardian's place, and the day begins too late there",
}
ELSE = "not possible now; the timeline says who cannot be asked, and why"


def ring_again(unit: Unit, order: Order, party_id: PartyId, now: datetime) -> Review:
    """Have one of the customer's numbers rung as soon as possible; every limit and last check still applies.

    If a human had taken over, automated calls resume. Raises ConflictError on `party`.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        work.in_hand()
        party = _customers_own(work, party_id)
        refused = plan_call(work.file, party)
        if refused is not None:
            raise ConflictError("party", NO_CALL.get(refused, ELSE))
        work.record(Act.RUNG_AGAIN, None, party=party.id)
        work.file.update_review(replace(work.review, taken_over_at=None))
    return work.review


def text_guardian(unit: Unit, order: Order, now: datetime) -> Review:
    """Ask the next guardian who may be asked. Raises ConflictError on `guardian`."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        work.in_hand()
        refused = ask_guardian(work.file, "person")
        if refused is not None:
            raise ConflictError("guardian", NO_TEXT.get(refused, ELSE))
        work.record(Act.GUARDIAN_ASKED)
    return work.review


def take_over(unit: Unit, order: Order, now: datetime) -> Review:
    """Take over a case from its current holder, and its calls from the machine.

    Calls that have not begun, to guardians too, are cancelled, and none are planned while this account has the case.
    Holds, deadlines and questions to guardians by SMS are unaffected. The take-over ends with the claim; then
    automated calls resume. An appointment must be kept by the account that took over: the case waits for a human
    until one has called.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.TAKE_OVER)
        work.unchanged()
        had, owed = holder(work.review, now), _promised(work.file)
        stop_calls(work.file, "taken_over")
        work.keep()
        work.record(Act.TAKEN_OVER, None, had=had)
        work.file.update_review(replace(work.review, taken_over_at=now))
        if owed:
            escalate(work.file)
        if work.file.case.state is CaseState.OPEN and work.review.claimed_until is not None:
            look_by(work.file, work.review.claimed_until)
    return work.review


def follow_up(unit: Unit, order: Order, now: datetime) -> Review:
    """Record that a human followed the case up, so that it no longer waits for one.

    They talked to someone, possibly the bank's own staff, or saw that nobody need be talked to.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.CLAIM)
        work.in_hand()
        no_wait_since_page(work)
        if not order.text.strip():
            raise ConflictError("text", "write what was said")
        work.record(Act.FOLLOWED_UP)
        end_follow_up(work.file)
    return work.review


def _promised(file: CaseFile) -> bool:
    """True if the customer or a guardian has an appointment that has not been called yet."""
    calls = (call for call in file.calls() if call.state in NOT_BEGUN)
    return any(call.errand is Errand.APPOINTMENT for call in calls)


def _customers_own(work: ReviewFile, party_id: PartyId) -> Party:
    found = next((p for p in work.file.parties() if p.id == party_id), None)
    if found is None or found.role not in CUSTOMER_ROLES:
        raise ConflictError("party", "choose one of the customer's numbers")
    if not found.ringable:
        raise ConflictError("party", "this number is not called automatically")
    return found
