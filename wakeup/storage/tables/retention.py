"""When cases were settled, from which retention is counted, customers under a legal hold, and recordings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, index_where, maybe_when, when


class RetentionRow(Row, table=True):
    """A settled case. Deadlines are computed from `settled_at` at each look-up, so a changed policy applies to old
    cases."""

    __tablename__ = "retention"
    __table_args__ = (
        Index("retention_by_date", "words_gone", "settled_at"),
        Index("retention_by_customer", "customer_id"),
        NO_ROWID,
    )
    case_id: str = Field(primary_key=True)
    customer_id: str
    settled_at: datetime = when()
    words_gone: bool


class LegalHoldRow(Row, table=True):
    __tablename__ = "legal_holds"
    __table_args__ = NO_ROWID
    customer_id: str = Field(primary_key=True)
    since: datetime = when()
    by: str
    ticket: str


class RecordingRow(Row, table=True):
    __tablename__ = "recordings"
    __table_args__ = (index_where("recordings_to_delete", "delete_at", only="delete_at IS NOT NULL"), NO_ROWID)
    sid: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    customer_id: str
    attempt_id: str
    made_at: datetime = when()
    delete_at: datetime | None = maybe_when()
    deleted_at: datetime | None = maybe_when()
