"""Supervisors who listen to a conversation, whisper to the agent, or take part."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from wakeup.domain.listening import ListenMode
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, when


class ListenerRow(Row, table=True):
    __tablename__ = "listeners"
    __table_args__ = (
        index_where("one_open_listener_per_person", "staff_id", only="ended_at IS NULL", unique=True),
        NO_ROWID,
    )
    attempt_id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    wait: str
    n: int
    staff_id: str
    name: str
    way: ListenMode = enum(ListenMode)
    served: ListenMode | None = enum(ListenMode, nullable=True)
    asked_at: datetime = when()
    entered_at: datetime | None = maybe_when()
    ended_at: datetime | None = maybe_when()
