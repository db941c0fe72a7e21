"""The console's users: their accounts and sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.domain.staff import StaffRole
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, maybe_when, when


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
