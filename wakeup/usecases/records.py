"""Plain records the use cases keep, neither rules nor states: customers, talks, messages, notes of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.ids import (
    AttemptId,
    CaseId,
    CustomerId,
    DecisionId,
    MessageId,
    TransferId,
)
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier

Fact: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""What a timeline row may hold: ids, enums and numbers, never personal data."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What is remembered about a customer between cases."""

    id: CustomerId
    seen_at: datetime
    tier: Tier
    """Highest tier of the last 24 hours, see `tier_at`."""
    tier_at: datetime
    shaken_until: datetime | None = None
    """After a protective outcome new transfers stand one tier higher until then."""
    family_risk: bool = False
    """The bank once said that the family may be the danger. Said of one payment, it holds for all that follow."""


class Sought(NamedTuple):
    """What a risk event names, of which we may have heard before. Without a message of its own: empty strings."""

    client: str
    webhook_id: str
    event_id: str
    transfer_id: TransferId
    customer_id: CustomerId


class Known(NamedTuple):
    """What of it we have heard. Nothing of that is locked."""

    body_hash: str | None
    """Of the message."""
    content_hash: str | None
    """Of the event."""
    owner: CustomerId | None
    """Whose the transfer is."""
    seen_at: datetime | None
    """When the customer's newest payment came; None for a customer we have not met."""
    early_news: bool
    """News of the transfer came before it."""


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
    """A conversation as it is kept: the interpreter's state, and what its callee was told it is about."""

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
    """A rung of a case's ladder whose time has come: it was taken, or skipped for a reason."""

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
    """A decision on its way to the payment core."""

    id: MessageId
    transfer_id: TransferId
    case_id: CaseId
    customer_id: CustomerId
    decision_id: DecisionId
    sequence: int
    kind: str
    """decision.made or decision.changed."""
    body: str | None = field(repr=False)
    """None when it cannot be opened: the key is spoilt, destroyed, or under a master key that this node lacks."""
    state: MessageState = MessageState.DUE
    tries: int = 0
    due_at: datetime
    late_at: datetime | None = None
    """When it should have arrived at the latest. None for what a version before queued."""
    late_said_at: datetime | None = None
    """When people were told that it has not."""
    lease_token: str | None = None
    last_status: int | None = None
    settled_at: datetime | None = None
    """When it was delivered, superseded or declared dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One call event as it came from the provider."""

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
    """A transfer event that came before its risk event; it waits 24 hours."""

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
    label: str
    recovered: Decimal
    occurred_at: datetime
    received_at: datetime


TEXTS = "sms:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The account's lines: what pacing remembers. One row, locked while it is read."""

    account: str
    """For its texts, with `TEXTS` before it."""
    recent: tuple[datetime, ...] = ()
    """Starts granted within the last second (or 1/rate seconds for rates below one)."""
    stopped_until: datetime | None = None
    stopped_because: str | None = None
    granted: int = 0
    """Starts granted ever, less those given back."""
    pace: float = 1.0
    """Share of the account's rate that was in force at `paced_at`; it creeps back from there."""
    paced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """The newest plan under overload, as its leased planner published it. One row an account."""

    account: str
    planner: str
    """The node that plans while its lease lasts."""
    lease_until: datetime
    made_at: datetime
    opens: tuple[datetime | None, ...]
    """The cut-off (`domain.plan`)."""
    line_seconds: float = 0.0
    starts: float = 0.0
    """What was measured of late: time on the line, and calls started in it. Their ratio is a call's length."""
    granted: int = 0
    """`Lines.granted` when it was measured last."""
