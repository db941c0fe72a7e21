"""What staff do with cases: reviews, their acts, and releases that wait for a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.domain.review import Act, ApprovalState, Reason
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, sealed, when


class ReviewRow(Row, table=True):
    __tablename__ = "reviews"
    __table_args__ = (
        index_where("reviews_for_the_police", "police_at", only="police_at IS NOT NULL"),
        NO_ROWID,
    )  # fmt: skip
    case_id: str = Field(primary_key=True)
    version: int
    claimed_by: str | None = None
    claimed_until: datetime | None = maybe_when()
    police_at: datetime | None = maybe_when()
    person_wanted_at: datetime | None = maybe_when()
    police_wanted_at: datetime | None = maybe_when()
    taken_over_at: datetime | None = maybe_when()
    contested_at: datetime | None = maybe_when()


class ReviewActRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "review_acts"
    __table_args__ = (Index("review_acts_by_case", "case_id", "at"), NO_ROWID)
    id: str = Field(primary_key=True)
    case_id: str
    transfer_id: str | None = None
    act: Act = enum(Act)
    reason: Reason | None = enum(Reason, nullable=True)
    by: str
    name: str
    person: str
    at: datetime = when()
    sealed: bytes = sealed()


class ApprovalRow(Row, table=True):
    __tablename__ = "approvals"
    __table_args__ = (
        index_where("one_wish_per_transfer", "transfer_id", only="state = 'asked'", unique=True),
        Index("approvals_by_case", "case_id"),
        NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    transfer_id: str
    case_id: str
    act_id: str
    binds: str
    asked_by: str
    name: str
    person: str
    asked_at: datetime = when()
    expires_at: datetime = when()
    state: ApprovalState = enum(ApprovalState)
    answered_at: datetime | None = maybe_when()
