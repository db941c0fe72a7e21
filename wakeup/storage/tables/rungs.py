"""The rungs that were taken or skipped."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from wakeup.domain.rung import RungKind, RungState
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, when


class RungRow(Row, table=True):
    __tablename__ = "rungs"
    __table_args__ = NO_ROWID
    case_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    """In the order in which they ended, from 1."""
    kind: RungKind = enum(RungKind)
    state: RungState = enum(RungState)
    due_at: datetime = when()
    ended_at: datetime = when()
    reason: str | None = None
