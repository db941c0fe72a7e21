"""Reviews: staff look at outcomes and may overrule some. Pure rules.

The outcome itself is never altered; what a person decides becomes a further decision. Four eyes: a release of a
critical transfer, or one above the configured amount summed over the customer's day, needs two different persons.
The first person's request binds the transfer as it is, and lapses with time or with any change to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from wakeup.domain.ids import CaseId, CustomerId, EvidenceId, TransferId
from wakeup.domain.policy import Policy
from wakeup.domain.staff import PersonId, StaffId
from wakeup.domain.transfer import Tier, Transfer, highest


class Act(StrEnum):
    """What a staff member did on a case."""

    CLAIMED = "claimed"
    GIVEN_BACK = "given_back"
    NOTED = "noted"
    HELD = "held"
    EXTENDED = "extended"
    RELEASE_ASKED = "release_asked"
    RELEASE_REFUSED = "release_refused"
    RELEASED = "released"
    LABELLED = "labelled"
    SENT_TO_POLICE = "sent_to_police"
    UNMASKED = "unmasked"
    CHECKED = "checked"
    """Quality control: was the outcome right?"""
    TAKEN_OVER = "taken_over"
    """Taken over from its holder and from the machine, which meanwhile plans no more calls."""
    RUNG_AGAIN = "rung_again"
    GUARDIAN_ASKED = "guardian_asked"
    FOLLOWED_UP = "followed_up"
    """The customer was reached, or need not be: the case no longer waits for a human."""
    CONTESTED = "contested"
    """The customer does not accept the hold, and must get an answer from a human."""
    CONTEST_ANSWERED = "contest_answered"
    LISTENED = "listened"
    TALKED = "talked"
    """An agent talked to the customer and wrote down the result."""
    GUARDIAN_BROUGHT = "guardian_brought"
    """An agent had a guardian rung for the talk, with the customer's consent."""
    HANDED_ON = "handed_on"
    """An agent had the customer wait for another colleague."""


class Reason(StrEnum):
    """The reason of an act, as a code that can be counted. The text beside it is free."""

    SCAM_LIKELY = "scam_likely"
    VICTIM_PERSISTS = "victim_persists"
    REMOTE_CONTROL = "remote_control"
    CUSTOMER_ASKED = "customer_asked"
    WAITING_FOR_CALLBACK = "waiting_for_callback"
    POLICE_ASKED = "police_asked"
    IDENTIFIED_IN_BRANCH = "identified_in_branch"
    IDENTIFIED_BY_CALL_BACK = "identified_by_call_back"
    PAYEE_CHECKED = "payee_checked"
    FALSE_ALARM = "false_alarm"
    NOT_CONVINCED = "not_convinced"
    CONTACT_CUSTOMER = "contact_customer"
    REPORT = "report"
    AGREED = "agreed"
    WRONG_OUTCOME = "wrong_outcome"
    WRONG_TALK = "wrong_talk"
    CUSTOMER_REACHED = "customer_reached"
    GUARDIAN_REACHED = "guardian_reached"
    NOTHING_NEEDED = "nothing_needed"
    WARNED = "warned"
    CALL_BACK_AGREED = "call_back_agreed"
    LINE_LOST = "line_lost"
    NOT_THE_CUSTOMER = "not_the_customer"
    HANDED_ON = "handed_on"
    BY_PHONE = "by_phone"
    IN_BRANCH = "in_branch"
    IN_WRITING = "in_writing"
    OTHER = "other"


_R = Reason
_TO_RELEASE = (
    _R.IDENTIFIED_IN_BRANCH,
    _R.IDENTIFIED_BY_CALL_BACK,
    _R.PAYEE_CHECKED,
    _R.FALSE_ALARM,
    _R.OTHER,
)
REASONS: Mapping[Act, tuple[Reason, ...]] = {
    Act.HELD: (_R.SCAM_LIKELY, _R.VICTIM_PERSISTS, _R.REMOTE_CONTROL, _R.CUSTOMER_ASKED, _R.POLICE_ASKED, _R.OTHER),
    Act.EXTENDED: (_R.WAITING_FOR_CALLBACK, _R.CUSTOMER_ASKED, _R.POLICE_ASKED, _R.OTHER),
    Act.RELEASE_ASKED: _TO_RELEASE,
    Act.RELEASED: _TO_RELEASE,
    Act.RELEASE_REFUSED: (_R.NOT_CONVINCED, _R.SCAM_LIKELY, _R.OTHER),
    Act.SENT_TO_POLICE: (_R.SCAM_LIKELY, _R.VICTIM_PERSISTS, _R.POLICE_ASKED, _R.OTHER),
    Act.CHECKED: (_R.AGREED, _R.WRONG_OUTCOME, _R.WRONG_TALK, _R.OTHER),
    Act.TAKEN_OVER: (_R.CONTACT_CUSTOMER, _R.SCAM_LIKELY, _R.CUSTOMER_ASKED, _R.OTHER),
    Act.FOLLOWED_UP: (_R.CUSTOMER_REACHED, _R.GUARDIAN_REACHED, _R.NOTHING_NEEDED, _R.OTHER),
    Act.TALKED: (
        _R.WARNED,
        _R.CUSTOMER_REACHED,
        _R.CALL_BACK_AGREED,
        _R.LINE_LOST,
        _R.NOT_THE_CUSTOMER,
        _R.HANDED_ON,
        _R.OTHER,
    ),
    Act.CONTESTED: (_R.BY_PHONE, _R.IN_BRANCH, _R.IN_WRITING, _R.OTHER),
    Act.CONTEST_ANSWERED: (_R.SCAM_LIKELY, _R.VICTIM_PERSISTS, _R.REMOTE_CONTROL, _R.POLICE_ASKED, _R.OTHER),
    Act.UNMASKED: (_R.CONTACT_CUSTOMER, _R.REPORT, _R.POLICE_ASKED, _R.OTHER),
}
"""The codes each act may give. Acts that are not listed need none."""
REACHED_ACTS = frozenset({Act.RELEASED, Act.FOLLOWED_UP, Act.CONTEST_ANSWERED, Act.TALKED})
"""Acts after which the customer was talked to, or need not be. HELD and RELEASE_REFUSED reach no customer."""
NOT_REACHED = frozenset({Reason.CALL_BACK_AGREED, Reason.LINE_LOST, Reason.NOT_THE_CUSTOMER, Reason.HANDED_ON})
"""Reasons of a talk that did not come to its end with the customer, who goes on waiting for a human."""
OWES_A_CALL = frozenset({Reason.CALL_BACK_AGREED, Reason.LINE_LOST})
"""Reasons of a talk after which a human must call, whatever the customer had asked for before."""

OF_ONE_TRANSFER = frozenset({Act.RELEASED})
"""Acts that reach the customer about their own transfer only: a release of one payment asks nothing about another."""


def reaches(act: Act, reason: Reason | None) -> bool:
    """True if the customer no longer waits for a human after this act."""
    return act in REACHED_ACTS and reason not in NOT_REACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A case as staff work on it. `version` counts their acts; an act based on an older version is a conflict."""

    case_id: CaseId
    version: int = 0
    claimed_by: StaffId | None = None
    claimed_until: datetime | None = None
    police_at: datetime | None = None
    person_wanted_at: datetime | None = None
    """Since when the ladder, or a guardian's answer, asks for a human."""
    police_wanted_at: datetime | None = None
    """Since when the ladder asks for the police, whom only a human may inform."""
    taken_over_at: datetime | None = None
    """When a person took over the calls; it counts only while they hold the case."""
    contested_at: datetime | None = None
    """Since when the customer waits for an answer to their objection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAct:
    """One act of a staff member, with the text they gave for it."""

    id: str
    case_id: CaseId
    customer_id: CustomerId
    transfer_id: TransferId | None
    act: Act
    reason: Reason | None
    by: StaffId
    name: str
    person: PersonId
    at: datetime
    text: str = field(repr=False)


def reaches_about(act: ReviewAct, transfer_id: TransferId) -> bool:
    """True if the customer no longer waits for a human about this transfer after the act."""
    elsewhere = act.act in OF_ONE_TRANSFER and act.transfer_id != transfer_id
    return reaches(act.act, act.reason) and not elsewhere


def taken_back(act: ReviewAct, acts: Iterable[ReviewAct], began: Collection[tuple[StaffId, datetime]]) -> bool:
    """True if the agent recorded later that this same talk had not reached the customer: of the records of one talk
    the last one counts. `began`: which agents began a talk with this case, and when. In SQL: `STANDS`."""
    if act.act is not Act.TALKED:
        return False
    later = (one.at for one in acts if one.by == act.by and one.act is Act.TALKED and one.reason in NOT_REACHED)
    return any(
        act.at <= at and not any(agent == act.by and act.at < joined_at <= at for agent, joined_at in began)
        for at in later
    )


class ApprovalState(StrEnum):
    ASKED = "asked"
    USED = "used"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The first person's request to release, waiting for a second person."""

    id: str
    transfer_id: TransferId
    case_id: CaseId
    act_id: str
    """The act that holds the first person's reason."""
    binds: str
    """The state of the transfer at the request: see `binding`."""
    asked_by: StaffId
    name: str
    person: PersonId
    asked_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.ASKED
    answered_at: datetime | None = None


def holder(review: Review, now: datetime) -> StaffId | None:
    """Return the account that holds the case, or None. A claim ends by itself."""
    held = review.claimed_until is not None and now < review.claimed_until
    return review.claimed_by if held else None


def taken_over(review: Review, now: datetime) -> bool:
    """True if the machine leaves the calls of this case to a person."""
    return review.taken_over_at is not None and holder(review, now) is not None


def needs_two(transfer: Transfer, case_tier: Tier, day: Iterable[tuple[Decimal | None, str]], policy: Policy) -> bool:
    """True if two persons must agree to a release.

    `day`: amount and currency of everything this customer sent, or was released, within 24 hours, including this
    transfer. An unknown amount, or a currency without a rate, counts as too much.
    """
    if highest(transfer.tier, case_tier) is Tier.CRITICAL:
        return True
    values = [None if amount is None else policy.in_base(amount, currency) for amount, currency in day]
    return any(value is None for value in values) or sum(filter(None, values)) > policy.review.two_people_above


def binding(
    transfer: Transfer, case_tier: Tier, evidence: Iterable[EvidenceId], against: Iterable[int], beside: Iterable[str]
) -> str:
    """Return a hash of all facts a release rests on: amount, decision, tier, limit, evidence, which rows of the
    case's timeline (`against`) speak against it, and what does in the customer's other cases (`beside`). It changes
    when any of them does."""
    facts = (
        transfer.id, format(transfer.amount, "f"), transfer.currency, str(transfer.sequence), transfer.state,
        highest(transfer.tier, case_tier), str(transfer.guarded), transfer.hold_max.isoformat(), *sorted(evidence),
        *(f"row {n}" for n in sorted(against)), *sorted(beside),
    )  # fmt: skip
    return sha256("".join(f"{len(fact)}:{fact}" for fact in facts).encode()).hexdigest()


def why_lapsed(approval: Approval, binds: str, now: datetime) -> str | None:
    """Return why a release request has lapsed, or None."""
    if now >= approval.expires_at:
        return "too_old"
    return None if approval.binds == binds else "changed"
