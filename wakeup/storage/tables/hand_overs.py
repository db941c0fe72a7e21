"""Customers who wait for an agent, and the guardians and supervisors in their conversations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.domain.hand_over import OPEN, HandOverState
from wakeup.domain.listening import ListenMode
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, state_is, when


class HandOverRow(Row, table=True):
    __tablename__ = "hand_overs"
    __table_args__ = (
        index_where("one_open_hand_over_per_call", "attempt_id", only=state_is(*OPEN), unique=True),
        index_where("one_hand_over_per_offer", "offer", only="offer IS NOT NULL", unique=True),
        index_where("hand_overs_to_look_after", "due_at", only="due_at IS NOT NULL"),
        index_where("hand_overs_open", "asked_at", only=state_is(*OPEN)),
        Index("hand_overs_by_time", "asked_at"),
        NO_ROWID,
    )
    attempt_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    case_id: str = Field(index=True)
    customer_id: str
    language: str
    skills: str
    state: HandOverState = enum(HandOverState)
    asked_at: datetime = when()
    give_up_at: datetime = when()
    offer: str | None = None
    agent: str | None = None
    offer_until: datetime | None = maybe_when()
    tried: str
    joined_at: datetime | None = maybe_when()
    ended_at: datetime | None = maybe_when()
    came_back: bool
    due_at: datetime | None = maybe_when()


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
