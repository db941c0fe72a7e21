"""The recordings that the phone provider stores for us, and when they are deleted."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, index_where, maybe_when, when


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
