"""Protocols of the outside systems that use cases and loops call: the phone company and the payment core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from wakeup.domain.ids import AttemptId, SmsId
from wakeup.usecases.inputs import CallReport, MessageReport


class RefusalCause(StrEnum):
    """What a definite refusal by the provider is due to. Configuration and account faults stop dialling."""

    NUMBER = "number"
    CONFIGURATION = "configuration"
    SENDER = "sender"
    """The From number may not be used; another one may."""
    PAIR = "pair"
    """The From number may not reach this To number; the provider does not say which of the two is at fault."""
    ACCOUNT = "account"
    CAPACITY = "capacity"
    """The provider has no line free now; a later attempt may succeed."""


class PostResult(StrEnum):
    """What the response to the one POST proves."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    """The request never reached the provider, or was provably not processed (429): the same attempt may be sent
    again."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """A call may exist: query the provider, never post again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOrder:
    """All that is needed to post one call. Secrets and phone numbers are left out of `repr`."""

    attempt_id: AttemptId
    to: str = field(repr=False)
    from_: str = field(repr=False)
    ring_timeout_s: int
    time_limit_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The result of the one POST."""

    proof: PostResult
    call_sid: str | None = None
    code: int | None = None
    """The provider's error code."""
    fault: RefusalCause | None = None
    retry_after_s: float | None = None
    queued_s: float | None = None
    """Seconds the provider expects to queue an accepted call before it dials; None where it does not say."""
    reason: str | None = None
    """For those who investigate a failure: a status or the class of an error. Never an address or a phone number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCall:
    """A call as the provider returns it when queried."""

    report: CallReport
    created_at: datetime
    outbound: bool
    queued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRecording:
    """A recording of a call as the provider returns it when queried."""

    sid: str
    seconds: int | None
    """None while it is not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsOrder:
    """All that is needed to post one SMS. The phone number and the words are left out of `repr`."""

    sms_id: SmsId
    to: str = field(repr=False)
    from_: str
    """One of our numbers, or a messaging service that picks one."""
    body: str = field(repr=False)
    valid_for_s: int
    """Validity in seconds; after that the phone company must not deliver the SMS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteText:
    """An SMS as the provider returns it when queried."""

    report: MessageReport
    created_at: datetime
    outbound: bool
    body: str = field(repr=False)


class Texting(Protocol):
    """The phone company's SMS interface."""

    async def send(self, order: SmsOrder) -> Placement:
        """Post one SMS, once. Never raises: every result is classified. `call_sid` of the result is the message
        SID."""

    async def find_texts(self, to: str, body: str, since: datetime) -> Sequence[RemoteText]:
        """Return our SMS with this body to this number. Raises RemoteError."""

    async def fetch_text(self, message_sid: str) -> RemoteText | None:
        """Return the SMS, or None if the provider knows no such SMS. Raises RemoteError."""


class Telephony(Protocol):
    """The phone company's calls."""

    async def place(self, order: CallOrder) -> Placement:
        """Post one call, once. Never raises: every result is classified."""

    async def find(self, to: str, from_: str, since: datetime, now: datetime) -> Sequence[RemoteCall]:
        """Return our outbound calls of this pair of numbers: those of today and yesterday, and the queued ones.
        Raises RemoteError."""

    async def fetch(self, call_sid: str) -> RemoteCall | None:
        """Return the call, or None if the provider knows no such call. Raises RemoteError."""

    async def hang_up(self, call_sid: str) -> None:
        """End the call in whatever state it is. A call that is already over is no error. Raises RemoteError."""

    async def go_on(self, call_sid: str, attempt_id: AttemptId, turn: int) -> None:
        """Make the call fetch this turn now, whatever it is doing. A call that is already over is no error. Raises
        RemoteError."""

    async def record(self, call_sid: str, attempt_id: AttemptId) -> str | None:
        """Record the call from now on, once. Returns the recording's SID if the provider says it. Raises
        RemoteError."""

    async def recordings(self, call_sid: str) -> Sequence[RemoteRecording]:
        """Return the recordings of this call. Raises RemoteError."""

    async def speak_to_machine(self, call_sid: str, twiml: str) -> None:
        """Replace what a live call hears. A call that is already over is no error. Raises RemoteError."""


class Archive(Protocol):
    """The phone company's recordings of our calls."""

    async def delete(self, sid: str) -> None:
        """Delete a recording. One that is already deleted is no error. Raises RemoteError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A signed message to the payment core."""

    message_id: str
    body: bytes = field(repr=False)


class Receipt(StrEnum):
    DELIVERED = "delivered"
    RETRY = "retry"
    GONE = "gone"
    """The core will never take this message (a definite 4xx)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    receipt: Receipt
    status: int | None = None
    retry_after_s: float | None = None


class PaymentCore(Protocol):
    """The bank's payment core."""

    async def deliver(self, envelope: Envelope, now: datetime) -> Delivery:
        """Post one signed message. Never raises."""
