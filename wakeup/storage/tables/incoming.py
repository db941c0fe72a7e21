"""Incoming messages, stored so that a repeat is recognised."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, Index
from sqlmodel import Field

from wakeup.domain.label import Truth
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, maybe_when, when
from wakeup.storage.types import Money, UtcDateTime


class WebhookRow(Row, table=True):
    __tablename__ = "webhooks"
    __table_args__ = NO_ROWID
    client: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    body_hash: str
    received_at: datetime = when()


class RiskEventRow(Row, table=True):
    __tablename__ = "risk_events"
    __table_args__ = NO_ROWID
    event_id: str = Field(primary_key=True)
    client: str
    content_hash: str
    transfer_id: str
    received_at: datetime = when()


class NewsIdRow(Row, table=True):
    __tablename__ = "news_ids"
    __table_args__ = NO_ROWID
    event_id: str = Field(primary_key=True)
    content_hash: str
    received_at: datetime = when()


class EarlyNewsRow(Row, table=True):
    __tablename__ = "early_news"
    __table_args__ = (Index("early_news_by_time", "received_at"), NO_ROWID)
    event_id: str = Field(primary_key=True)
    transfer_id: str = Field(index=True)
    kind: str
    occurred_at: datetime = when()
    received_at: datetime = when()
    decide_by: datetime | None = maybe_when()
    hold_max: datetime | None = maybe_when()


class LabelRow(Row, table=True):
    __tablename__ = "labels"
    __table_args__ = NO_ROWID
    transfer_id: str = Field(primary_key=True)
    received_at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    label: Truth = enum(Truth)
    recovered: Decimal = Field(sa_type=Money)
    occurred_at: datetime = when()
