"""Every outgoing SMS with its receipts, and every incoming one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from wakeup.domain.sms import URGENT, SmsKind, SmsState
from wakeup.storage.tables.columns import (
    NO_ROWID,
    Row,
    column_is,
    enum,
    index_where,
    maybe_when,
    sealed,
    state_is,
    when,
)


class SmsRow(Row, table=True):
    __tablename__ = "sms"
    __table_args__ = (
        Index("sms_by_case", "case_id"),
        Index("sms_by_customer", "customer_id"),
        index_where("sms_due", "due_at", only="state = 'queued'"),
        index_where("sms_urgent", "due_at", only=f"state = 'queued' AND {column_is('kind', URGENT)}"),
        index_where("sms_to_check", "check_at", only="check_at IS NOT NULL"),
        index_where("sms_by_number", "number_index", "intent_at", only="intent_at IS NOT NULL"),
        index_where("one_sms_per_sid", "message_sid", only="message_sid IS NOT NULL", unique=True),
        CheckConstraint(f"NOT {state_is('sending', 'unknown', 'sent', 'delivered')}"
                        " OR (intent_at IS NOT NULL AND from_number IS NOT NULL)", name="no_text_without_intent"),
        CheckConstraint(f"check_at IS NOT NULL OR NOT {state_is('sending', 'unknown')}",
                        name="no_text_under_way_is_forgotten"),
        CheckConstraint(f"NOT {state_is('delivered', 'failed', 'suppressed')} OR ended_at IS NOT NULL",
                        name="a_text_that_ended_has_an_end"),
        NO_ROWID,
    )  # fmt: skip
    id: str = Field(primary_key=True)
    kind: SmsKind = enum(SmsKind)
    customer_id: str
    case_id: str | None = None
    party_id: str | None = None
    guardian_id: str | None = None
    confirmation_id: str | None = None
    number_index: str
    region: str
    line_type: str
    template: str
    segments: int
    state: SmsState = enum(SmsState)
    due_at: datetime = when()
    latest_at: datetime = when()
    from_number: str | None = None
    intent_at: datetime | None = maybe_when()
    message_sid: str | None = None
    sent_at: datetime | None = maybe_when()
    ended_at: datetime | None = maybe_when()
    error_code: int | None = None
    reason: str | None = None
    check_at: datetime | None = maybe_when()
    checks: int
    sends: int
    sealed: bytes = sealed()


class SmsEventRow(Row, table=True):
    __tablename__ = "sms_events"
    __table_args__ = NO_ROWID
    message_sid: str = Field(primary_key=True)
    event: str = Field(primary_key=True)
    sms_id: str = Field(index=True)
    received_at: datetime = when()
    sealed: bytes = sealed()


class ReplyRow(Row, table=True):
    """An incoming SMS. Its words are stored only when the sender is known as a customer's guardian."""

    __tablename__ = "replies"
    __table_args__ = (
        Index("replies_by_number", "number_index", "received_at"),
        # SMS of unknown senders are found by number. They would make up most of this index.
        index_where("replies_by_customer", "customer_id", only="customer_id IS NOT NULL"),
        index_where("replies_of_strangers", "received_at", only="customer_id IS NULL"),
        NO_ROWID,
    )
    message_sid: str = Field(primary_key=True)
    number_index: str
    received_at: datetime = when()
    taken_as: str
    customer_id: str | None = None
    case_id: str | None = Field(default=None, index=True)
    confirmation_id: str | None = None
    sealed: bytes | None = sealed(nullable=True)
