"""Bulk releases: the requests, and the transfers of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.domain.bulk import BulkState
from wakeup.domain.review import Reason
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, maybe_when, when


class BulkWishRow(Row, table=True):
    __tablename__ = "bulk_wishes"
    __table_args__ = (Index("bulk_wishes_by_date", "asked_at"), NO_ROWID)
    id: str = Field(primary_key=True)
    model: str
    since: datetime = when()
    until: datetime = when()
    reason: Reason = enum(Reason)
    ticket: str
    asked_by: str
    name: str
    person: str
    asked_at: datetime = when()
    expires_at: datetime = when()
    state: BulkState = enum(BulkState)
    answered_by: str | None = None
    answered_at: datetime | None = maybe_when()


class BulkMemberRow(Row, table=True):
    __tablename__ = "bulk_members"
    __table_args__ = (Index("bulk_members_by_case", "case_id"), NO_ROWID)
    wish_id: str = Field(primary_key=True)
    transfer_id: str = Field(primary_key=True)
    case_id: str
    binds: str
    done_at: datetime | None = maybe_when()
    left_out: str | None = None
