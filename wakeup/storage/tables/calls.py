"""Attempts, the provider's events of their calls, the lines, and the conversations."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from wakeup.domain.attempt import LIVE, AttemptState, Errand
from wakeup.domain.outcome import Contact, Disposition, Outcome
from wakeup.storage.tables.columns import (
    LIVE_ONLY,
    NO_ROWID,
    Row,
    enum,
    index_where,
    maybe_when,
    sealed,
    state_is,
    when,
)
from wakeup.storage.types import Money, Real, UtcDateTime

UNRIPE = "state = 'planned' AND value_class < 0"


def unripe(value_class: int) -> int:
    """Return the value under which a class of value is stored while the attempt is not due, out of the claims'
    way.

    Applied again, it returns the class.
    """
    return -1 - value_class


class AttemptRow(Row, table=True):
    __tablename__ = "attempts"
    __table_args__ = (
        index_where("one_live_attempt_per_number", "number_index", only=LIVE_ONLY, unique=True),
        index_where("one_live_attempt_per_party", "case_id", "party_id", only=LIVE_ONLY, unique=True),
        index_where("one_attempt_per_call", "call_sid", only="call_sid IS NOT NULL", unique=True),
        Index("attempts_by_case", "case_id"),
        index_where("attempts_by_value_class", "value_class", "latest_start", only="state = 'planned'"),
        index_where("attempts_unripe", "due_at", only=UNRIPE),
        index_where("attempts_by_fair_class", "fair_class", "due_at", only="state = 'planned'"),
        index_where("attempts_to_check", "check_at", "state", only="check_at IS NOT NULL"),
        index_where("attempts_by_number", "number_index", "intent_at", only="intent_at IS NOT NULL"),
        CheckConstraint("state <> 'claimed' OR (claim_token IS NOT NULL AND lease_until IS NOT NULL)",
                        name="claimed_has_a_lease"),
        CheckConstraint(f"NOT {LIVE_ONLY} OR (intent_at IS NOT NULL AND from_number IS NOT NULL)",
                        name="no_call_without_intent"),
        CheckConstraint(f"call_sid IS NOT NULL OR NOT {state_is('placed', 'ringing', 'answered')}",
                        name="calls_have_a_sid"),
        CheckConstraint("state <> 'ended' OR (ended_at IS NOT NULL AND disposition IS NOT NULL)",
                        name="ended_has_an_end"),
        CheckConstraint(f"call_code IS NULL OR {LIVE_ONLY}", name="the_code_dies_with_the_call"),
        CheckConstraint(f"check_at IS NOT NULL OR NOT {state_is('claimed', *LIVE)}",
                        name="nothing_under_way_is_forgotten"),
        NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    case_id: str
    party_id: str
    number_index: str
    n: int
    state: AttemptState = enum(AttemptState)
    due_at: datetime = when()
    latest_start: datetime = when()
    value: int = Field(sa_type=BigInteger)
    value_class: int
    """The class of `value`, written by the repository; claims search by it. Stored as `unripe` while the attempt
    is planned and no claim has seen yet that it is due."""
    errand: Errand = enum(Errand)
    fair_class: int
    claimed_by: str | None = None
    claim_token: str | None = None
    lease_until: datetime | None = maybe_when()
    from_number: str | None = None
    intent_at: datetime | None = maybe_when()
    call_sid: str | None = None
    placed_at: datetime | None = maybe_when()
    ringing_at: datetime | None = maybe_when()
    answered_at: datetime | None = maybe_when()
    ended_at: datetime | None = maybe_when()
    disposition: Disposition | None = enum(Disposition, nullable=True)
    contact: Contact | None = enum(Contact, nullable=True)
    error_code: int | None = None
    number_at_fault: bool
    check_at: datetime | None = maybe_when()
    checks: int
    sends: int
    call_code: str | None = None
    answered_by: str | None = None


class CallEventRow(Row, table=True):
    __tablename__ = "call_events"
    __table_args__ = NO_ROWID
    call_sid: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    event: str = Field(primary_key=True)
    attempt_id: str = Field(index=True)
    received_at: datetime = when()
    sealed: bytes = sealed()


class LinesRow(Row, table=True):
    __tablename__ = "lines"
    __table_args__ = NO_ROWID
    account: str = Field(primary_key=True)
    recent: str
    stopped_until: datetime | None = maybe_when()
    stopped_because: str | None = None
    granted: int = Field(sa_type=BigInteger)
    pace: float = Field(sa_type=Real)
    paced_at: datetime | None = maybe_when()


class CallPlanRow(Row, table=True):
    """What the planner that holds the lease tells every node that claims attempts."""

    __tablename__ = "call_plans"
    __table_args__ = NO_ROWID
    account: str = Field(primary_key=True)
    planner: str
    lease_until: datetime = when()
    made_at: datetime = when()
    opens: str
    """The cut-off, JSON: a time or null for each class of value."""
    line_seconds: float = Field(sa_type=Real)
    starts: float = Field(sa_type=Real)
    granted: int = Field(sa_type=BigInteger)


class BudgetRow(Row, table=True):
    """The number of calls to a region that were posted in one minute."""

    __tablename__ = "budgets"
    __table_args__ = NO_ROWID
    region: str = Field(primary_key=True)
    minute: datetime = Field(sa_type=UtcDateTime, primary_key=True)
    used: int


class SenderRow(Row, table=True):
    """One of our numbers, from which the provider refused to call."""

    __tablename__ = "senders"
    __table_args__ = NO_ROWID
    number: str = Field(primary_key=True)
    rested_until: datetime = when()
    why: str


class TalkRow(Row, table=True):
    __tablename__ = "talks"
    __table_args__ = NO_ROWID
    attempt_id: str = Field(primary_key=True)
    case_id: str
    turns: int
    finished: bool
    started_at: datetime = when()
    turned_at: datetime = when()
    named: str
    """Ids of the transfers named, JSON."""
    sealed: bytes = sealed()


class TurnRow(Row, table=True):
    __tablename__ = "turns"
    __table_args__ = NO_ROWID
    attempt_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = when()
    sealed: bytes = sealed()


class EvidenceRow(Row, table=True):
    __tablename__ = "evidence"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    attempt_id: str | None = None
    contact: Contact = enum(Contact)
    outcome: Outcome = enum(Outcome)
    score: Decimal = Field(sa_type=Money)
    live_person: bool
    named: str
    at: datetime = when()
    by: str | None = None
