"""People bring somebody in: have the customer rung again, a guardian asked, or take the calls over themselves."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.attempt import LIVE
from wakeup.domain.case import CaseState
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import PartyId
from wakeup.domain.party import CUSTOMER_ROLES, Party
from wakeup.domain.review import Act, Review, holder
from wakeup.domain.staff import Right, demand
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import cancel_planned
from wakeup.usecases.deciding.warning_after_allow import end_follow_up
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.ladder.plan_calls import plan_call
from wakeup.usecases.ladder.rungs import look_by, promises
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

NO_CALL = {
    "opt_out": "they want no more automated calls",
    "call_under_way": "a call to this number is planned or running already",
    "calls_used_up": "this case has had all the calls it may have",
    "window_closed": "nothing waits for a decision any more; only a person can ring now",
}
"""Why the machine does not ring, as people are told. The last checks before the ringing say more in the timeline."""
NO_TEXT = {
    "family_risk": "the family may be the danger: no guardian hears of this case",
    "extortion": "no guardian hears of a case of extortion",
    "declined": "the customer wants no guardian to hear of it",
    "nothing_pending": "nothing is left that a guardian could help with",
    "prompt_open": "a guardian was asked and may still answer",
    "answered": "a guardian has answered already",
    "enough_asked": "as many guardians were asked as may be",
    "cap": "as many texts were sent as may be",
    "no_guardian": "no guardian is known",
    "none_eligible": "no guardian may be asked",
    "quiet_hours": "it is night there, and their day begins too late",
}
ELSE = "not possible now; the timeline says who may not be asked and why"


def ring_again(unit: Unit, order: Order, party_id: PartyId, now: datetime) -> Review:
    """Have a number of the customer's rung as soon as it may be; every limit and last check still holds.

    The machine then goes on calling, if a person had taken over. Raises ConflictError on `party`.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.REACH)
        work.in_hand()
        party = _customers_own(work, party_id)
        refused = plan_call(work.file, party)
        if refused is not None:
            raise ConflictError("party", NO_CALL.get(refused, ELSE))
        work.record(Act.RUNG_AGAIN, None, party=party.id)
        work.review = replace(work.review, taken_over_at=None)
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
    """Take the case from whoever has it in hand, and its calls from the machine: what has not begun to ring is not
    rung, and nothing more is planned while this person has the case. Holds, deadlines and guardians stay. The
    take-over ends with the claim: then the machine calls again. A call that was promised is theirs to make: the case
    waits for a person until one was made."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.TAKE_OVER)
        work.unchanged()
        had, owed = holder(work.review, now), _promised(work.file)
        cancel_planned(work.file, "taken_over")
        work.keep()
        work.record(Act.TAKEN_OVER, None, had=had)
        work.review = replace(work.review, taken_over_at=now)
        if owed:
            work.review = replace(work.review, person_wanted_at=work.review.person_wanted_at or now)
        if work.file.case.state is CaseState.OPEN and work.review.claimed_until is not None:
            look_by(work.file, work.review.claimed_until)
    return work.review


def follow_up(unit: Unit, order: Order, now: datetime) -> Review:
    """A person talked to somebody, the bank's own people among them, or saw that nobody need be talked to: the case
    waits for a person no more."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.CLAIM)
        work.in_hand()
        if not order.text.strip():
            raise ConflictError("text", "say what was said")
        work.record(Act.FOLLOWED_UP)
        end_follow_up(work.file)
    return work.review


def _promised(file: CaseFile) -> bool:
    """The customer was told when we call."""
    return any(call.state not in LIVE for call in promises(file))


def _customers_own(work: ReviewFile, party_id: PartyId) -> Party:
    found = next((p for p in work.unit.parties.of_case(work.file.case) if p.id == party_id), None)
    if found is None or found.role not in CUSTOMER_ROLES:
        raise ConflictError("party", "choose a number of the customer's")
    if not found.ringable:
        raise ConflictError("party", "this number is not rung by the machine")
    return found
