"""Numbers that are not to be called or written to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


class DoNotCallRow(Row, table=True):
    """Numbers whose owners want no further contact by this channel."""

    __tablename__ = "do_not_call"
    __table_args__ = (Index("do_not_call_by_date", "since"), NO_ROWID)
    number_index: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    since: datetime = when()
    why: str
