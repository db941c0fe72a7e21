"""The tables: columns and constraints, nothing else. Rows are not domain objects; `shelves` maps between them.

No foreign keys on the case: children are written before their case row, whose timeline head is known last, and
no constraint is deferred. Who may write what is held by the case lock.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

from wakeup.domain.attempt import LIVE, AttemptState
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Ruling
from wakeup.domain.outcome import Contact, Disposition, Outcome
from wakeup.domain.party import Role
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.types import Money, StrEnumText, UtcDateTime
from wakeup.usecases.records import MessageState

_NO_ROWID = {"sqlite_with_rowid": False}
"""On SQLite one tree instead of two: keys are text, and most rows are found by theirs."""
_LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE))


def _when(*, index: bool = False) -> Any:
    return Field(sa_type=UtcDateTime, index=index)


def _maybe_when() -> Any:
    return Field(default=None, sa_type=UtcDateTime, nullable=True)


def _enum(enum: type[Any], *, nullable: bool = False) -> Any:
    return Field(sa_column=Column(StrEnumText(enum), nullable=nullable))


def _sealed() -> Any:
    """AES-256-GCM under the customer's key."""
    return Field(sa_type=LargeBinary)


class WebhookRow(SQLModel, table=True):
    __tablename__ = "webhooks"
    __table_args__ = _NO_ROWID
    client: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    body_hash: str
    received_at: datetime = _when()


class RiskEventRow(SQLModel, table=True):
    __tablename__ = "risk_events"
    __table_args__ = _NO_ROWID
    event_id: str = Field(primary_key=True)
    client: str
    content_hash: str
    transfer_id: str
    received_at: datetime = _when()


class NewsIdRow(SQLModel, table=True):
    __tablename__ = "news_ids"
    __table_args__ = _NO_ROWID
    event_id: str = Field(primary_key=True)
    content_hash: str
    received_at: datetime = _when()


class EarlyNewsRow(SQLModel, table=True):
    __tablename__ = "early_news"
    __table_args__ = _NO_ROWID
    event_id: str = Field(primary_key=True)
    transfer_id: str = Field(index=True)
    kind: str
    occurred_at: datetime = _when()
    received_at: datetime = _when()
    decide_by: datetime | None = _maybe_when()
    hold_max: datetime | None = _maybe_when()


class CustomerRow(SQLModel, table=True):
    __tablename__ = "customers"
    __table_args__ = _NO_ROWID
    id: str = Field(primary_key=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)
    seen_at: datetime = _when()
    tier: Tier = _enum(Tier)
    tier_at: datetime = _when()
    shaken_until: datetime | None = _maybe_when()


class CaseRow(SQLModel, table=True):
    __tablename__ = "cases"
    __table_args__ = (
        Index("one_open_case_per_customer", "customer_id", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        _NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    customer_id: str
    state: CaseState = _enum(CaseState)
    tier: Tier = _enum(Tier)
    locale: str
    timezone: str
    opened_at: datetime = _when()
    no_calls: bool
    timeline_count: int
    timeline_head: str


class TransferRow(SQLModel, table=True):
    __tablename__ = "transfers"
    __table_args__ = (
        Index("transfers_by_case", "case_id"),
        Index("transfers_to_act_on", "act_at", sqlite_where=text("act_at IS NOT NULL"),
              postgresql_where=text("act_at IS NOT NULL")),
        Index("transfers_by_customer", "customer_id", "flagged_at"),
        Index("transfers_by_payee", "payee_index", "flagged_at"),
        CheckConstraint("(state IN ('pending', 'held')) = (act_at IS NOT NULL)", name="open_transfers_have_a_date"),
        CheckConstraint("settle_at <= decide_by", name="settled_before_the_deadline"),
        _NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    state: TransferState = _enum(TransferState)
    tier: Tier = _enum(Tier)
    amount: Decimal = Field(sa_type=Money)
    currency: str
    typology: str
    flagged_at: datetime = _when()
    decide_by: datetime = _when()
    hold_max: datetime = _when()
    settle_at: datetime = _when()
    payee_index: str
    sequence: int
    allow_at: datetime | None = _maybe_when()
    confirmed_in_app_at: datetime | None = _maybe_when()
    guarded: bool
    act_at: datetime | None = _maybe_when()
    sealed: bytes = _sealed()
    """The payee."""


class PartyRow(SQLModel, table=True):
    __tablename__ = "parties"
    __table_args__ = _NO_ROWID
    id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    role: Role = _enum(Role)
    number_index: str = Field(index=True)
    region: str
    line_type: str
    locale: str
    bank_id: str | None = None
    consented_at: datetime | None = _maybe_when()
    ringable: bool
    sealed: bytes = _sealed()


class AttemptRow(SQLModel, table=True):
    __tablename__ = "attempts"
    __table_args__ = (
        Index("one_live_attempt_per_number", "number_index", unique=True,
              sqlite_where=text(f"state IN ({_LIVE})"), postgresql_where=text(f"state IN ({_LIVE})")),
        Index("one_live_attempt_per_party", "case_id", "party_id", unique=True,
              sqlite_where=text(f"state IN ({_LIVE})"), postgresql_where=text(f"state IN ({_LIVE})")),
        Index("one_attempt_per_call", "call_sid", unique=True,
              sqlite_where=text("call_sid IS NOT NULL"), postgresql_where=text("call_sid IS NOT NULL")),
        Index("attempts_by_case", "case_id"),
        Index("attempts_planned", "value", "due_at", sqlite_where=text("state = 'planned'"),
              postgresql_where=text("state = 'planned'")),
        Index("attempts_due", "due_at", sqlite_where=text("state = 'planned'"),
              postgresql_where=text("state = 'planned'")),
        Index("attempts_to_check", "check_at", sqlite_where=text("check_at IS NOT NULL"),
              postgresql_where=text("check_at IS NOT NULL")),
        Index("attempts_by_number", "number_index", "intent_at", sqlite_where=text("intent_at IS NOT NULL"),
              postgresql_where=text("intent_at IS NOT NULL")),
        CheckConstraint("state <> 'claimed' OR (claim_token IS NOT NULL AND lease_until IS NOT NULL)",
                        name="claimed_has_a_lease"),
        CheckConstraint(f"state NOT IN ({_LIVE}) OR (intent_at IS NOT NULL AND from_number IS NOT NULL)",
                        name="no_call_without_intent"),
        CheckConstraint("state NOT IN ('placed', 'ringing', 'answered') OR call_sid IS NOT NULL",
                        name="calls_have_a_sid"),
        CheckConstraint("state <> 'ended' OR (ended_at IS NOT NULL AND disposition IS NOT NULL)",
                        name="ended_has_an_end"),
        CheckConstraint(f"state IN ({_LIVE}) OR call_code IS NULL", name="the_code_dies_with_the_call"),
        CheckConstraint("state NOT IN ('claimed', 'sending', 'unknown', 'placed', 'ringing', 'answered')"
                        " OR check_at IS NOT NULL", name="nothing_under_way_is_forgotten"),
        _NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    case_id: str
    party_id: str
    number_index: str
    n: int
    state: AttemptState = _enum(AttemptState)
    due_at: datetime = _when()
    latest_start: datetime = _when()
    value: int = Field(sa_type=BigInteger)
    claimed_by: str | None = None
    claim_token: str | None = None
    lease_until: datetime | None = _maybe_when()
    from_number: str | None = None
    intent_at: datetime | None = _maybe_when()
    call_sid: str | None = None
    placed_at: datetime | None = _maybe_when()
    ringing_at: datetime | None = _maybe_when()
    answered_at: datetime | None = _maybe_when()
    ended_at: datetime | None = _maybe_when()
    disposition: Disposition | None = _enum(Disposition, nullable=True)
    contact: Contact | None = _enum(Contact, nullable=True)
    error_code: int | None = None
    number_at_fault: bool
    check_at: datetime | None = _maybe_when()
    checks: int
    sends: int
    call_code: str | None = None
    answered_by: str | None = None


class TalkRow(SQLModel, table=True):
    __tablename__ = "talks"
    __table_args__ = _NO_ROWID
    attempt_id: str = Field(primary_key=True)
    case_id: str
    turns: int
    finished: bool
    started_at: datetime = _when()
    turned_at: datetime = _when()
    named: str
    """Ids of the transfers named, JSON."""
    sealed: bytes = _sealed()


class TurnRow(SQLModel, table=True):
    __tablename__ = "turns"
    __table_args__ = _NO_ROWID
    attempt_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = _when()
    sealed: bytes = _sealed()


class EvidenceRow(SQLModel, table=True):
    __tablename__ = "evidence"
    __table_args__ = _NO_ROWID
    id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    attempt_id: str | None = None
    contact: Contact = _enum(Contact)
    outcome: Outcome = _enum(Outcome)
    score: Decimal = Field(sa_type=Money)
    live_person: bool
    named: str
    at: datetime = _when()


class DecisionRow(SQLModel, table=True):
    __tablename__ = "decisions"
    __table_args__ = (
        Index("one_decision_per_sequence", "transfer_id", "sequence", unique=True),
        Index("one_decision_per_position", "position", unique=True, sqlite_where=text("position IS NOT NULL"),
              postgresql_where=text("position IS NOT NULL")),
        Index("decisions_without_position", "decided_at", sqlite_where=text("position IS NULL"),
              postgresql_where=text("position IS NULL")),
        _NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    transfer_id: str
    case_id: str
    sequence: int
    ruling: Ruling = _enum(Ruling)
    reason: str
    decided_by: str
    decided_at: datetime = _when()
    decide_by: datetime = _when()
    hold_until: datetime = _when()
    policy_version: str
    rests_on: str
    effects: str
    position: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    """Place in the feed, given after the commit: ids are not in the order of commits. The one column that changes."""


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index("outbox_by_transfer", "transfer_id"),
        _NO_ROWID,
    )
    id: str = Field(primary_key=True)
    transfer_id: str
    case_id: str
    customer_id: str
    decision_id: str
    sequence: int
    kind: str
    state: MessageState = _enum(MessageState)
    tries: int
    due_at: datetime = _when()
    lease_token: str | None = None
    last_status: int | None = None
    settled_at: datetime | None = _maybe_when()
    sealed: bytes = _sealed()


class TimelineRow(SQLModel, table=True):
    """Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "timeline"
    __table_args__ = (Index("timeline_by_time", "at"), _NO_ROWID)
    case_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = _when()
    kind: str
    by: str
    data: str = Field(sa_type=Text)
    mac: str


class CallEventRow(SQLModel, table=True):
    __tablename__ = "call_events"
    __table_args__ = _NO_ROWID
    call_sid: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    event: str = Field(primary_key=True)
    attempt_id: str = Field(index=True)
    received_at: datetime = _when()
    sealed: bytes = _sealed()


class LabelRow(SQLModel, table=True):
    __tablename__ = "labels"
    __table_args__ = _NO_ROWID
    transfer_id: str = Field(primary_key=True)
    received_at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    label: str
    recovered: Decimal = Field(sa_type=Money)
    occurred_at: datetime = _when()


class LinesRow(SQLModel, table=True):
    __tablename__ = "lines"
    __table_args__ = _NO_ROWID
    account: str = Field(primary_key=True)
    recent: str
    stopped_until: datetime | None = _maybe_when()
    stopped_because: str | None = None


class FeedHeadRow(SQLModel, table=True):
    """One row, locked by whoever numbers decisions: positions are handed out one writer at a time."""

    __tablename__ = "feed_head"
    __table_args__ = _NO_ROWID
    id: int = Field(primary_key=True)
    position: int = Field(sa_type=BigInteger)


APPEND_ONLY = ("timeline", "decisions")
