"""Plain records that the use cases store, neither rules nor states: customers, conversations, messages, timeline
notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from wakeup.domain.fast_dataclass import fast_init, replace
from wakeup.domain.ids import (
    AttemptId,
    CaseId,
    CustomerId,
    DecisionId,
    MessageId,
    TransferId,
)
from wakeup.domain.label import Truth
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier
from wakeup.ivr.conversation import Conversation

Fact: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""What a timeline row may hold: ids, enums and numbers, never personal data."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What is stored about a customer between cases."""

    id: CustomerId
    seen_at: datetime
    tier: Tier
    """Highest tier of the last 24 hours; see `tier_at`."""
    tier_at: datetime
    shaken_until: datetime | None = None
    """Until then new transfers are raised by one tier, because of a protective outcome."""
    family_risk: bool = False
    """The bank has reported that the family may be the danger. Reported for one payment, it holds for all that
    follow."""
    guardians_listed_at: datetime | None = None
    """`occurred_at` of the bank's newest list of guardians. An older list that comes later is refused."""


class EventIds(NamedTuple):
    """The identifiers of a risk event that may be known already. `client` and `webhook_id` are None where the event
    has no message of its own."""

    client: str | None
    webhook_id: str | None
    event_id: str
    transfer_id: TransferId
    customer_id: CustomerId


class KnownEvent(NamedTuple):
    """What is known of a risk event's identifiers. Nothing is locked by this query."""

    body_hash: str | None
    """Body hash under which the message came before."""
    content_hash: str | None
    """Content hash under which the event came before."""
    owner: CustomerId | None
    """The customer the transfer belongs to."""
    seen_at: datetime | None
    """When the customer's newest payment came; None for an unknown customer."""
    early_news: bool
    """Events about the transfer came before its risk event."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEventRecord:
    event_id: str
    client: str
    content_hash: str
    transfer_id: TransferId
    received_at: datetime


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One row of a case's timeline."""

    kind: str
    by: str
    """system, callee, guardian, bank, or a named supervisor."""
    data: Mapping[str, Fact]


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation as stored: the interpreter's state, and the transfers the callee was told it is about."""

    attempt_id: AttemptId
    case_id: CaseId
    customer_id: CustomerId
    turns: int
    finished: bool
    started_at: datetime
    turned_at: datetime
    """When the newest turn was served."""
    state: str = field(repr=False)
    """The interpreter's conversation as JSON."""
    named: tuple[TransferId, ...]

    @property
    def conversation(self) -> Conversation:
        """The interpreter's conversation, read anew from `state` each time."""
        return Conversation.from_json(self.state)

    def with_conversation(self, conversation: Conversation) -> Talk:
        """Return the talk with this conversation as its state."""
        return replace(self, state=conversation.to_json())


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """Turn n as it was served, and the input that led to it."""

    attempt_id: AttemptId
    customer_id: CustomerId
    n: int
    at: datetime
    turn: str = field(repr=False)
    input: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RungRecord:
    """A rung of a case's ladder that fell due and was taken, or skipped for a reason."""

    case_id: CaseId
    kind: RungKind
    state: RungState
    due_at: datetime
    ended_at: datetime
    reason: str | None = None


class MessageState(StrEnum):
    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A decision to be delivered to the payment core. Its body is written from the decision whenever it is sent."""

    id: MessageId
    transfer_id: TransferId
    case_id: CaseId
    decision_id: DecisionId
    sequence: int
    state: MessageState = MessageState.DUE
    tries: int = 0
    due_at: datetime
    late_at: datetime
    """When the core should have it at the latest."""
    late_said_at: datetime | None = None
    """When the alarm about its lateness was raised."""
    lease_token: str | None = None
    last_status: int | None = None
    settled_at: datetime | None = None
    """When it was delivered, superseded or declared dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One call event as the provider sent it."""

    call_sid: str
    source: str
    sequence: int
    event: str
    attempt_id: AttemptId
    customer_id: CustomerId
    received_at: datetime
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyNews:
    """A transfer event that came before its risk event; it is kept for 24 hours."""

    event_id: str
    transfer_id: TransferId
    kind: str
    occurred_at: datetime
    received_at: datetime
    decide_by: datetime | None
    hold_max: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The later truth about a transfer."""

    transfer_id: TransferId
    label: Truth
    recovered: Decimal
    occurred_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """The newest plan under overload, as published by the node that holds the planner's lease. One row per account."""

    account: str
    planner: str
    """The node that plans while its lease lasts."""
    lease_until: datetime
    made_at: datetime
    opens: tuple[datetime | None, ...]
    """The cut-off (`domain.plan`)."""
    line_seconds: float = 0.0
    starts: float = 0.0
    """Recent measurement: seconds on the line, and calls started in that time. Their ratio is the mean length of a
    call."""
    granted: int = 0
    """`Lines.granted` at the last measurement."""
