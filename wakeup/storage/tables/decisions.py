"""Decisions, the messages that carry them to the payment core, and the timeline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from wakeup.domain.decision import Ruling
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, maybe_when, when
from wakeup.usecases.records import MessageState


class DecisionRow(Row, table=True):
    __tablename__ = "decisions"
    __table_args__ = (
        Index("one_decision_per_sequence", "transfer_id", "sequence", unique=True),
        index_where("one_decision_per_position", "position", only="position IS NOT NULL", unique=True),
        index_where("decisions_without_position", "decided_at", only="position IS NULL"),
        NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    transfer_id: str
    case_id: str
    sequence: int
    ruling: Ruling = enum(Ruling)
    reason: str
    decided_by: str
    decided_at: datetime = when()
    decide_by: datetime = when()
    hold_until: datetime = when()
    policy_version: str
    rests_on: str
    effects: str
    position: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    """Position in the feed, assigned after the commit because ids are not in the order of commits. The only column
    that changes."""


class FeedHeadRow(Row, table=True):
    """One row, locked while decisions are numbered, so that one writer at a time assigns positions."""

    __tablename__ = "feed_head"
    __table_args__ = NO_ROWID
    id: int = Field(primary_key=True)
    position: int = Field(sa_type=BigInteger)


class OutboxRow(Row, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        index_where("outbox_due", "due_at", only="state = 'due'"),
        index_where("outbox_dead", "due_at", only="state = 'dead'"),
        index_where("outbox_late", "late_at", only="state = 'due'"),
        Index("outbox_by_transfer", "transfer_id"),
        NO_ROWID,
    )
    id: str = Field(primary_key=True)
    transfer_id: str
    case_id: str
    decision_id: str
    sequence: int
    state: MessageState = enum(MessageState)
    tries: int
    due_at: datetime = when()
    late_at: datetime = when()
    late_said_at: datetime | None = maybe_when()
    lease_token: str | None = None
    last_status: int | None = None
    settled_at: datetime | None = maybe_when()


class TimelineRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "timeline"
    __table_args__ = (Index("timeline_by_time", "at"), NO_ROWID)
    case_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = when()
    kind: str
    by: str
    data: str = Field(sa_type=Text)
    mac: str
