"""Calls to us: those that the bank's app has announced, and those that asked for a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


class CallInRow(Row, table=True):
    """A call to us that the bank's app has announced, one row for each number it may come from."""

    __tablename__ = "call_ins"
    __table_args__ = (Index("call_ins_by_customer", "customer_id"), Index("call_ins_by_time", "until"), NO_ROWID)
    number_index: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    customer_id: str
    until: datetime = when()
    call_sid: str | None = None
    answered: bool


class PersonAskRow(Row, table=True):
    """An incoming call that asked for a person. Kept as long as it counts towards the limit, one hour."""

    __tablename__ = "person_asks"
    __table_args__ = (Index("person_asks_by_time", "at"), NO_ROWID)
    call_sid: str = Field(primary_key=True)
    number_index: str
    at: datetime = when()
