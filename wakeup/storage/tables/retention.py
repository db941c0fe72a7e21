"""When cases were settled, from which retention is counted, and customers under a legal hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


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
