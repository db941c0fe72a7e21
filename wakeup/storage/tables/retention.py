"""Since when cases are settled, which is what retention goes by, and who keeps all of it for a court."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


class RetentionRow(Row, table=True):
    """A settled case. Dates are reckoned from `settled_at` when somebody looks: another policy holds for old cases."""

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
