"""Input values of the use cases: what arrives from outside, its form already checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Disposition
from wakeup.domain.party import Payee
from wakeup.domain.transfer import Tier
from wakeup.ivr.turn import AnsweredBy

FAMILY_RISK = "family_risk"
"""The bank's signal that a family member may be behind the scam."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A phone number with the numbering plan's facts about it."""

    e164: str = field(repr=False)
    region: str
    line_type: str
    zones: str = ""
    """IANA time zones in which the number may be, separated by spaces; empty when they were not looked up."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person named in a risk event. `number` is None when the numbering plan knows no such number."""

    bank_id: str | None
    number: Number | None = field(repr=False)
    name: str = field(repr=False)
    locale: str
    consented_at: datetime | None = None
    minor: bool = False
    linked: bool = False
    """The bank sees a connection between this person and a suspect."""
    accounts: tuple[str, ...] = field(default=(), repr=False)
    """Accounts known to belong to this person."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedTransfer:
    """A risk event: this transfer looks like a scam. Times are aware UTC, money is exact."""

    event_id: str
    client: str
    content_hash: str
    """SHA-256 of the canonical content; a repeat of the event has the same hash."""
    customer_id: str
    customer: Person
    alternates: tuple[Person, ...]
    guardians: tuple[Person, ...]
    timezone: str
    birth_year: int | None
    vulnerable: bool
    forwarding: bool
    phone_changed_at: datetime | None
    sim_swapped_at: datetime | None
    transfer_id: str
    amount: Decimal
    currency: str
    share_of_balance: float | None = None
    payee: Payee = field(repr=False)
    created_at: datetime
    occurred_at: datetime
    """When the bank's risk engine raised it, by the bank's clock."""
    decide_by: datetime
    hold_max: datetime
    tier: Tier
    typology: str
    signals: tuple[str, ...]
    model: str


class TransferNews(StrEnum):
    """The kinds of events the bank sends about a transfer after it was flagged."""

    CANCELLED_IN_APP = "cancelled_in_app"
    CONFIRMED_IN_APP = "confirmed_in_app"
    RELEASED = "released"
    WINDOW_EXTENDED = "window_extended"
    CALL_STARTED_IN_APP = "call_started_in_app"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEventIn:
    event_id: str
    content_hash: str
    transfer_id: str
    kind: TransferNews
    occurred_at: datetime
    decide_by: datetime | None = None
    hold_max: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelIn:
    event_id: str
    content_hash: str
    transfer_id: str
    label: Truth
    recovered: Decimal
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A call and its two numbers, as a webhook names them. They must match the attempt's before the SID is bound."""

    call_sid: str
    to: str = field(repr=False)
    from_: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """One call event of the provider, translated; provider vocabulary does not leave `telephony`."""

    call_sid: str
    event: AttemptEvent
    """ACCEPT (left the provider's queue), RING, ANSWER or END."""
    disposition: Disposition | None = None
    """Set with END."""
    sequence: int | None = None
    source: str = "callback"
    """callback, answer (of our POST), fetch or list."""
    answered_by: AnsweredBy | None = None
    to: str = field(default="", repr=False)
    from_: str = field(default="", repr=False)
    raw: str = field(default="", repr=False)
    """The webhook's form as received, stored encrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEvent:
    """One event of a conference: a participant joined or left, or the conference began or ended. Events come in any
    order."""

    room_sid: str
    event: str
    """participant-join, participant-leave, conference-start, conference-end."""
    call_sid: str | None
    """The participant's call; None where the event is about the conference itself."""
    sequence: int
    raw: str = field(repr=False)


class MessageProgress(StrEnum):
    """Delivery progress of an SMS we sent, in rising rank; the last two are final."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReport:
    """One status event of an SMS we sent. Events come in any order, and `sent` may be the last ever."""

    message_sid: str
    progress: MessageProgress
    code: int | None = None
    """The provider's error code."""
    reason: str | None = None
    """Why the SMS did not arrive, as one of our own codes: opted_out, landline, unreachable …"""
    to: str = field(default="", repr=False)
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageIn:
    """An SMS sent to us."""

    message_sid: str
    from_: str = field(repr=False)
    body: str = field(repr=False)
    stops: bool = False
    """The sender wants no more messages, by the provider's classification or by the words used."""
    starts: bool = False
    """The sender wants messages again, by the provider's classification: the bank may have configured opt-in words
    there that we do not know."""
    helped: bool = False
    """The sender asked for help in general, and the provider has already replied."""
