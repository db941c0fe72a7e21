"""Guardians, their consents, the questions to them, and every incoming and outgoing SMS."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from wakeup.domain.confirmation import ConfirmationState, GuardianAnswer, Step
from wakeup.domain.guardian import GuardianState
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


class GuardianRow(Row, table=True):
    __tablename__ = "guardians"
    __table_args__ = (
        Index("guardians_by_number", "number_index"),
        Index("guardians_by_time", "enrolled_at"),
        index_where("guardians_to_empty", "customer_id", only="state = 'removed' AND number_index <> ''"),
        NO_ROWID,
    )
    customer_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    rank: int
    state: GuardianState = enum(GuardianState)
    number_index: str
    region: str
    line_type: str
    locale: str
    minor: bool
    linked: bool
    accounts: str
    """Keyed hashes, JSON."""
    code: str | None = None
    enrolled_at: datetime = when()
    number_since: datetime = when()
    invited_at: datetime | None = maybe_when()
    confirmed_at: datetime | None = maybe_when()
    sealed: bytes = sealed()


class GuardianChangeRow(Row, table=True):
    """A change to a guardian that arrived during an open case and waits until that is over."""

    __tablename__ = "guardian_changes"
    __table_args__ = (Index("guardian_changes_due", "due_at"), NO_ROWID)
    customer_id: str = Field(primary_key=True)
    guardian_id: str = Field(primary_key=True)
    due_at: datetime = when()
    sealed: bytes = sealed()


class ConsentRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE. Who agreed to what, when, by which channel and wording."""

    __tablename__ = "consents"
    __table_args__ = NO_ROWID
    customer_id: str = Field(primary_key=True)
    guardian_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    at: datetime = when()
    kind: str
    by: str
    channel: str
    wording: str


class ConfirmationRow(Row, table=True):
    __tablename__ = "confirmations"
    __table_args__ = (
        Index("confirmations_by_case", "case_id"),
        Index("confirmations_by_time", "asked_at"),
        index_where("one_case_per_code", "number_index", "code", only="code IS NOT NULL", unique=True),
        index_where("confirmations_due", "due_at", only="due_at IS NOT NULL"),
        CheckConstraint("(step IS NULL) = (due_at IS NULL)", name="a_step_has_a_date"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_has_a_date"),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_has_an_answer"),
        NO_ROWID,
    )
    id: str = Field(primary_key=True)
    case_id: str
    customer_id: str
    party_id: str
    number_index: str
    n: int
    code: str | None = None
    why: str
    state: ConfirmationState = enum(ConfirmationState)
    asked_at: datetime = when()
    step: Step | None = enum(Step, nullable=True)
    due_at: datetime | None = maybe_when()
    expires_at: datetime = when()
    answer: GuardianAnswer | None = enum(GuardianAnswer, nullable=True)
    answered_at: datetime | None = maybe_when()
    hints: int
    passed_on: bool


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


class DoNotCallRow(Row, table=True):
    """Numbers whose owners want no further contact by this channel."""

    __tablename__ = "do_not_call"
    __table_args__ = (Index("do_not_call_by_date", "since"), NO_ROWID)
    number_index: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    since: datetime = when()
    why: str
