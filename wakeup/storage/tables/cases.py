"""Customers, their cases, transfers and parties, and the rungs of their ladders."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from wakeup.domain.case import CaseState
from wakeup.domain.party import Role
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, sealed, when
from wakeup.storage.types import Bytes, Money, Real


class CustomerRow(Row, table=True):
    __tablename__ = "customers"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    wrapped_key: bytes = Field(sa_type=Bytes)
    seen_at: datetime = when()
    tier: Tier = enum(Tier)
    tier_at: datetime = when()
    shaken_until: datetime | None = maybe_when()
    family_risk: bool
    guardians_listed_at: datetime | None = maybe_when()


class CaseRow(Row, table=True):
    __tablename__ = "cases"
    __table_args__ = (
        index_where("one_open_case_per_customer", "customer_id", only="state = 'open'", unique=True),
        index_where("cases_to_climb", "rung_at", only="rung_at IS NOT NULL"),
        index_where("cases_unheld", "unheld_at", only="unheld_at IS NOT NULL"),
        index_where("cases_promised", "person_due_at", only="person_due_at IS NOT NULL"),
        Index("cases_by_time", "opened_at"),
        NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    customer_id: str
    state: CaseState = enum(CaseState)
    tier: Tier = enum(Tier)
    locale: str
    timezone: str
    opened_at: datetime = when()
    no_calls: bool
    rung_at: datetime | None = maybe_when()
    family_risk: bool
    guardian_declined: bool
    guardian_worried: bool
    unheld_at: datetime | None = maybe_when()
    person_due_at: datetime | None = maybe_when()
    person_late_at: datetime | None = maybe_when()
    timeline_count: int
    timeline_head: str


class TransferRow(Row, table=True):
    __tablename__ = "transfers"
    __table_args__ = (
        Index("transfers_by_case", "case_id"),
        index_where("transfers_to_act_on", "act_at", only="act_at IS NOT NULL"),
        Index("transfers_by_customer", "customer_id", "flagged_at"),
        Index("transfers_by_payee", "payee_index", "flagged_at"),
        CheckConstraint("(state IN ('pending', 'held')) = (act_at IS NOT NULL)", name="open_transfers_have_a_date"),
        CheckConstraint("settle_at <= decide_by", name="settled_before_the_deadline"),
        NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    state: TransferState = enum(TransferState)
    tier: Tier = enum(Tier)
    amount: Decimal = Field(sa_type=Money)
    currency: str
    typology: str
    flagged_at: datetime = when()
    occurred_at: datetime = when()
    decide_by: datetime = when()
    hold_max: datetime = when()
    settle_at: datetime = when()
    payee_index: str
    sequence: int
    allow_at: datetime | None = maybe_when()
    alarm_at: datetime | None = maybe_when()
    confirmed_in_app_at: datetime | None = maybe_when()
    guarded: bool
    model: str
    share_of_balance: float | None = Field(default=None, sa_type=Real, nullable=True)
    act_at: datetime | None = maybe_when()
    sealed: bytes = sealed()
    """The payee."""


class PartyRow(Row, table=True):
    __tablename__ = "parties"
    __table_args__ = (index_where("guardians_named", "bank_id", only="role = 'guardian'"), NO_ROWID)
    id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    role: Role = enum(Role)
    number_index: str
    region: str
    line_type: str
    locale: str
    bank_id: str | None = None
    consented_at: datetime | None = maybe_when()
    unhurried: bool
    zones: str
    ringable: bool
    barred: str | None = None
    rank: int
    sealed: bytes = sealed()


class RungRow(Row, table=True):
    __tablename__ = "rungs"
    __table_args__ = NO_ROWID
    case_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    """In the order in which they ended, from 1."""
    kind: RungKind = enum(RungKind)
    state: RungState = enum(RungState)
    due_at: datetime = when()
    ended_at: datetime = when()
    reason: str | None = None
