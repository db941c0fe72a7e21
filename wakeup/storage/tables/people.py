"""The console's users: accounts, sessions, their acts on cases, and the administration log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from wakeup.domain.review import Act, ApprovalState, Reason
from wakeup.domain.staff import StaffRole
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, sealed, when


class StaffRow(Row, table=True):
    __tablename__ = "staff"
    __table_args__ = (Index("one_account_per_name", "name", unique=True), NO_ROWID)
    id: str = Field(primary_key=True)
    name: str
    person: str
    role: StaffRole = enum(StaffRole)
    password_hash: str
    made_at: datetime = when()
    disabled_at: datetime | None = maybe_when()


class SessionRow(Row, table=True):
    """`id` is a hash: read access to the table is not enough to sign in."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_by_staff", "staff_id"), NO_ROWID)
    id: str = Field(primary_key=True)
    staff_id: str
    begun_at: datetime = when()
    seen_at: datetime = when()


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


class SecretSeenRow(Row, table=True):
    """Since when a secret has been in use. The secret is represented by a keyed hash."""

    __tablename__ = "secrets_seen"
    __table_args__ = NO_ROWID
    name: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    since: datetime = when()


class AdminLogRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "admin_log"
    __table_args__ = NO_ROWID
    n: int = Field(primary_key=True)
    at: datetime = when()
    kind: str
    by: str
    data: str = Field(sa_type=Text)
    mac: str


class AnchorEndRow(Row, table=True):
    """The newest anchor of each node that writes anchors, so that a file that lost its end, or was begun again, is
    noticed."""

    __tablename__ = "anchor_ends"
    __table_args__ = NO_ROWID
    node: str = Field(primary_key=True)
    n: int
    digest: str


class AdminHeadRow(Row, table=True):
    """One row, locked by each writer of the log: the length of its chain, and the MAC at its end."""

    __tablename__ = "admin_head"
    __table_args__ = NO_ROWID
    id: int = Field(primary_key=True)
    n: int
    mac: str
