"""The bodies we send the bank: responses to its messages and queries, decisions, and problems (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from wakeup.bank.faults import Fault
from wakeup.domain.decision import Ruling
from wakeup.domain.guardian import GuardianState

ABOUT_BLANK = "about:blank"
PROBLEM_TYPE = "application/problem+json"


class Answer(BaseModel):
    """Base class of every body we send."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FieldFault(Answer):
    """One fault. The value is never repeated."""

    field: str = Field(
        description="Path of the field. Empty: the body, the event of a batch, or the query as a whole.",
        examples=["transfer.amount", "guardians[0].phone"],
    )
    reason: str = Field(examples=["must be more than zero"])


class Problem(Answer):
    """Why a request was refused (RFC 9457)."""

    type: str = ABOUT_BLANK
    title: str
    status: int
    detail: str | None = None
    errors: tuple[FieldFault, ...] = ()


class StandingDecision(Answer):
    """The decision in force when this was answered: what the core must do with the transfer until a newer decision
    reaches it. Reading it acknowledges nothing."""

    decision: Ruling = Field(
        description="`hold` for a transfer that was not known before. For a known one, whatever was decided since, "
        "also `allow` or `refuse`. The status of the answer does not say which.",
        examples=["hold"],
    )
    decision_id: str
    sequence: int
    reason: str = Field(examples=["standing"], description="See `docs/api.md`.")
    effective_at: datetime = Field(description="`decide_by` of the transfer at the time of the decision.")
    hold_until: datetime


class EventAnswer(Answer):
    """The event is stored, and `decision` stands whatever happens to Wakeup (202 new, 200 known)."""

    event_id: str
    case_id: str
    transfer_id: str
    decision: StandingDecision
    warnings: tuple[FieldFault, ...] = Field(
        default=(), description="Faults of an event that was accepted nevertheless. They cost accuracy only."
    )


class BatchItem(Answer):
    """One event of a batch, with the status it would have had if sent alone."""

    index: int = Field(description="Position in `events`, from 0.")
    status: int = Field(examples=[202])
    answer: EventAnswer | None = None
    problem: Problem | None = None


class BatchAnswer(Answer):
    results: tuple[BatchItem, ...]


class NewsAnswer(Answer):
    """The event is stored (202 new, 200 known). If the transfer is unknown, it waits 24 hours for the risk event."""

    event_id: str
    transfer_id: str
    transfer_known: bool = Field(
        description="If false, the event is kept until the risk event arrives, for at most 24 hours."
    )
    warnings: tuple[FieldFault, ...] = Field(
        default=(), description="Why a `confirmed_in_app` that was accepted does not count."
    )


class LabelAnswer(Answer):
    """The label is stored (202 new, 200 known)."""

    event_id: str
    transfer_id: str


class DecisionMade(Answer):
    """A decision, as sent in the webhook to the payment core and as an item of the feed."""

    type: Literal["decision.made", "decision.changed"]
    decision_id: str
    sequence: int = Field(
        description="Ascending per transfer. The core ignores a decision whose sequence is not higher than the last."
    )
    transfer_id: str
    case_id: str
    decision: Ruling
    reason: str = Field(
        description="One of the codes in `docs/api.md`; new codes may be added.", examples=["dissuaded"]
    )
    decided_by: str = Field(
        description="`system`, or the console account that held, extended or released it. A release by two people "
        "has both names, joined by +.",
        examples=["system", "ann+ben"],
    )
    decided_at: datetime
    decide_by: datetime
    hold_until: datetime
    hold_basis: str | None = Field(
        default=None, description="Legal basis of a hold. Present with every hold, and only then."
    )
    evidence: tuple[str, ...] = Field(default=(), description="Ids of the evidence for the decision.")


class DecisionInForce(DecisionMade):
    """The newest decision about a transfer, as answered to a query."""

    transfer_closed: Literal["cancelled", "released"] | None = Field(
        default=None,
        description="Present once the bank has reported the transfer as cancelled or released. No decision follows it "
        "then, unless an `allow` that was not acknowledged is recalled, and this one is of record only.",
    )


class DecisionPage(Answer):
    """Decisions in the order of the feed."""

    items: tuple[DecisionMade, ...]
    next: str = Field(description="Cursor for the next request; unchanged if there is nothing new.")


class CallStatus(Answer):
    """What the bank's app shows a customer who asks whether it is really the bank calling."""

    user_id: str
    calling: bool
    call_code: str | None = Field(
        default=None, description="Present only while the automated call is running. It is never to be typed in."
    )
    started_at: datetime | None = Field(default=None, description="When the current call was placed.")
    say: str = Field(
        examples=["Only our automated voice reads this code; anyone else quoting it is a scammer."],
        description="Text to show with the code, or instead of it.",
    )


class Enrolled(Answer):
    """The state of one guardian. Number and name are not returned, because the bank has them."""

    id: str
    rank: int
    state: GuardianState
    enrolled_at: datetime
    number_since: datetime
    invited_at: datetime | None = None
    confirmed_at: datetime | None = None
    consented_at: datetime | None = Field(
        default=None,
        description="Since when the customer agrees. Absent if they do not, or took it back: the guardian is then "
        "never contacted, whatever the state.",
    )
    waits: bool = Field(default=False, description="True if a change is pending, for 72 hours after it arrived.")


class GuardianList(Answer):
    user_id: str
    guardians: tuple[Enrolled, ...]


class GuardiansAnswer(Answer):
    """What became of each guardian. A repeat of a message changes nothing and is told how things stand."""

    user_id: str
    guardians: dict[str, str] = Field(
        description="By id: `applied`, `unchanged`, or `waits` (72 hours, because a case is open); so are removals. A "
        "guardian whose number is not assigned is taken as not listed: see `warnings`."
    )
    warnings: tuple[FieldFault, ...] = ()


def field_faults(faults: Iterable[Fault]) -> tuple[FieldFault, ...]:
    return tuple(FieldFault(field=fault.field, reason=fault.reason) for fault in faults)


def problem(status: int, detail: str | None = None, faults: Iterable[Fault] = ()) -> Problem:
    """Return the problem for an HTTP status. `detail` is our own text, never text from the request."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=field_faults(faults))
