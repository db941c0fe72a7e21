"""Guardians who were brought into a conversation, or were called for that."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, maybe_when, when


class GuestRow(Row, table=True):
    __tablename__ = "guests"
    __table_args__ = (NO_ROWID,)
    attempt_id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    party_id: str
    wait: str = Field(index=True)
    n: int
    by: str
    asked_at: datetime = when()
    entered_at: datetime | None = maybe_when()
    ended_at: datetime | None = maybe_when()
