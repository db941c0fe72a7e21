"""Staff act on a case's calls: have the customer rung again, have a guardian asked, or take over the calls
themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wakeup.domain.attempt import NOT_BEGUN, Attempt, Errand
from wakeup.domain.case import CaseState
from wakeup.domain.errors import ConflictError, NotFoundError, WakeupError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, PartyId
from wakeup.domain.party import CUSTOMER_ROLES, Party
from wakeup.domain.review import Act, Review, holder
from wakeup.domain.sms import SmsKind
from wakeup.domain.staff import Right, demand
from wakeup.usecases.case.follow_up import escalate_missed
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import end_follow_up
from wakeup.usecases.guardians.ask_guardian import ask_guardian, why_nobody
from wakeup.usecases.guardians.choose_guardian import next_to_ask
from wakeup.usecases.ladder.plan_calls import plan_call
from wakeup.usecases.ladder.rungs import look_by
from wakeup.usecases.review.objections import no_wait_since_page
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
BLANK = "••"
NO_CALL_ELSE = "this number may not be called now"
ELSE = "no guardian may be asked now"
"""The preview writes nothing, and a refused act is undone: the timeline says no more than this."""


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
            raise ConflictError("party", NO_CALL.get(refused, NO_CALL_ELSE))
        work.record(Act.RUNG_AGAIN, None, party=party.id)
        work.file.update_review(replace(work.review, taken_over_at=None))
    return work.review


@dataclass(frozen=True, slots=True, kw_only=True)
class NextText:
    """The SMS that a guardian would get now; or `reason` says why none would."""

    party: Party | None = field(default=None, repr=False)
    body: str = field(default="", repr=False)
    """Without the customer's name and the code."""
    reason: str = ""

    @property
    def to(self) -> str:
        """Name the guardian on a form. Who is known only from enrolment has the bank's id alone."""
        return "" if self.party is None else self.party.bank_id or self.party.id


def read_next_text(unit: Unit, case_id: CaseId, now: datetime) -> NextText:
    """Return whom `text_guardian` would ask now, and how. Writes nothing. Raises NotFoundError."""
    case = unit.views.case(case_id)
    if case is None:
        raise NotFoundError("no such case")
    try:
        return _next_text(CaseFile(unit, case, now))
    except WakeupError:
        # The customer or payee cannot be read. The act itself says so.
        return NextText(reason=ELSE)


def _next_text(file: CaseFile) -> NextText:
    reason = why_nobody(file)
    if reason is None:
        chosen = next_to_ask(file)
        if chosen.party is not None:
            blank = {"name": BLANK, "code": BLANK}
            body = file.unit.sms_templates.write(SmsKind.PROMPT, chosen.party.locale, blank).body
            return NextText(party=chosen.party, body=body)
        reason = chosen.reason or ""
    return NextText(reason=NO_TEXT.get(reason, ELSE))


def text_guardian(unit: Unit, order: Order, to: str | None, now: datetime) -> Review:
    """Ask the next guardian who may be asked. Raises ConflictError on `guardian`, also if `to` names another one: whom
    the page named, staff may have looked up, and they agreed to no other."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        work.in_hand()
        if to and to != _next_text(work.file).to:
            raise ConflictError("guardian", "another guardian is next now; look at the case again")
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
        for call in owed:
            escalate_missed(work.file, call)
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


def _promised(file: CaseFile) -> list[Attempt]:
    """Return the customer's and guardians' appointments that have not been called yet."""
    return [call for call in file.calls() if call.state in NOT_BEGUN and call.errand is Errand.APPOINTMENT]


def _customers_own(work: ReviewFile, party_id: PartyId) -> Party:
    found = next((p for p in work.file.parties() if p.id == party_id), None)
    if found is None or found.role not in CUSTOMER_ROLES:
        raise ConflictError("party", "choose one of the customer's numbers")
    if not found.ringable:
        raise ConflictError("party", "this number is not called automatically")
    return found
