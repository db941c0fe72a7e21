"""Guardians, their consents, and the questions to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from wakeup.domain.confirmation import ConfirmationState, GuardianAnswer, Step
from wakeup.domain.guardian import GuardianState
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, sealed, when


class GuardianRow(Row, table=True):
    __tablename__ = "guardians"
    __table_args__ = (
        Index("guardians_by_number", "number_index"),
        Index("guardians_by_time", "enrolled_at"),
        index_where("guardians_to_empty", "customer_id", only="state = 'removed' AND number_index <> ''"),
        NO_ROWID,
    )
    customer_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    rank: int
    state: GuardianState = enum(GuardianState)
    number_index: str
    region: str
    line_type: str
    locale: str
    minor: bool
    linked: bool
    accounts: str
    """Keyed hashes, JSON."""
    code: str | None = None
    enrolled_at: datetime = when()
    number_since: datetime = when()
    invited_at: datetime | None = maybe_when()
    confirmed_at: datetime | None = maybe_when()
    sealed: bytes = sealed()


class GuardianChangeRow(Row, table=True):
    """A change to a guardian that arrived during an open case and waits until that is over."""

    __tablename__ = "guardian_changes"
    __table_args__ = (Index("guardian_changes_due", "due_at"), NO_ROWID)
    customer_id: str = Field(primary_key=True)
    guardian_id: str = Field(primary_key=True)
    due_at: datetime = when()
    sealed: bytes = sealed()


class ConsentRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE. Who agreed to what, when, by which channel and wording."""

    __tablename__ = "consents"
    __table_args__ = NO_ROWID
    customer_id: str = Field(primary_key=True)
    guardian_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = when()
    kind: str
    by: str
    channel: str
    wording: str


class ConfirmationRow(Row, table=True):
    __tablename__ = "confirmations"
    __table_args__ = (
        Index("confirmations_by_case", "case_id"),
        Index("confirmations_by_time", "asked_at"),
        index_where("one_case_per_code", "number_index", "code", only="code IS NOT NULL", unique=True),
        index_where("confirmations_due", "due_at", only="due_at IS NOT NULL"),
        CheckConstraint("(step IS NULL) = (due_at IS NULL)", name="a_step_has_a_date"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_has_a_date"),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_has_an_answer"),
        NO_ROWID,
    )
    id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    party_id: str
    number_index: str
    n: int
    code: str | None = None
    why: str
    state: ConfirmationState = enum(ConfirmationState)
    asked_at: datetime = when()
    step: Step | None = enum(Step, nullable=True)
    due_at: datetime | None = maybe_when()
    expires_at: datetime = when()
    answer: GuardianAnswer | None = enum(GuardianAnswer, nullable=True)
    answered_at: datetime | None = maybe_when()
    hints: int
    passed_on: bool
