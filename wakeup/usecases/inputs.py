"""What arrives from outside, already checked for form: plain values the use cases take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.outcome import Disposition
from wakeup.domain.transfer import Tier
from wakeup.ivr.turn import AnsweredBy


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A phone number as the numbering plan sees it."""

    e164: str = field(repr=False)
    region: str
    line_type: str
    zones: str = ""
    """IANA zones in which it may be, with a space between; empty when that was not asked."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody named in a risk event. `number` is None when the plan knows no such number."""

    bank_id: str | None
    number: Number | None = field(repr=False)
    name: str = field(repr=False)
    locale: str
    relation: str | None = field(default=None, repr=False)
    consented_at: datetime | None = None
    minor: bool = False
    linked: bool = False
    """The bank sees a connection with a suspect."""
    accounts: tuple[str, ...] = field(default=(), repr=False)
    """Accounts known to be theirs."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedTransfer:
    """A risk event: this transfer looks like a scam. Times are aware UTC, money is exact."""

    event_id: str
    client: str
    content_hash: str
    """SHA-256 of the canonical content: the same event again has the same one."""
    occurred_at: datetime
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
    payee: dict[str, str | None] = field(repr=False)
    payee_account: str = field(repr=False)
    created_at: datetime
    decide_by: datetime
    hold_max: datetime
    tier: Tier
    score: float
    typology: str
    signals: tuple[str, ...]
    model: str


class TransferNews(StrEnum):
    """What the bank tells us about a transfer after it was flagged."""

    CANCELLED_IN_APP = "cancelled_in_app"
    CONFIRMED_IN_APP = "confirmed_in_app"
    RELEASED = "released"
    WINDOW_EXTENDED = "window_extended"
    CALL_STARTED_IN_APP = "call_started_in_app"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEventIn:
    event_id: str
    client: str
    content_hash: str
    transfer_id: str
    kind: TransferNews
    occurred_at: datetime
    decide_by: datetime | None = None
    hold_max: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelIn:
    event_id: str
    client: str
    content_hash: str
    transfer_id: str
    label: str
    """`scam` or `genuine`: the later truth, never set by the voice."""
    recovered: Decimal
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A call and its two ends, as a webhook names them. They must be the attempt's before the SID is bound."""

    call_sid: str
    to: str = field(repr=False)
    from_: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """One call event of the provider in our words; provider vocabulary stops in `telephony`."""

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
    """The form as it came, for the encrypted record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEvent:
    """Somebody entered or left a room, or it began or ended. They come in any order."""

    room_sid: str
    event: str
    """participant-join, participant-leave, conference-start, conference-end."""
    call_sid: str | None
    """Whose call; None where it is about the room."""
    sequence: int
    raw: str = field(repr=False)


class MessageProgress(StrEnum):
    """How far a text message of ours has come, in rising rank; the last two are final."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReport:
    """One event of a text message of ours. They come in any order, and `sent` may be the last ever."""

    message_sid: str
    progress: MessageProgress
    code: int | None = None
    """The provider's error code."""
    reason: str | None = None
    """Why it did not arrive, in our words: opted_out, landline, unreachable …"""
    to: str = field(default="", repr=False)
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageIn:
    """A text message somebody sent to us."""

    message_sid: str
    from_: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    stops: bool = False
    """They want no more messages, by the provider's word or by their own."""
    starts: bool = False
    """They want them again, by the provider's word: the bank may have given it words that we do not know."""
    helped: bool = False
    """They asked for help in general, and the provider has answered them."""
    raw: str = field(default="", repr=False)
