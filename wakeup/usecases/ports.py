"""What the use cases and loops ask of the outside: the phone company and the bank, as protocols and plain answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from wakeup.domain.ids import AttemptId, SmsId
from wakeup.usecases.inputs import CallReport, MessageReport


class Fault(StrEnum):
    """Who is to blame for a definite refusal. Configuration and account faults stop dialling."""

    NUMBER = "number"
    CONFIGURATION = "configuration"
    SENDER = "sender"
    """This number of ours may not be called from; another may."""
    PAIR = "pair"
    """This number of ours may not reach that one; which of the two is wrong is not said."""
    ACCOUNT = "account"
    CAPACITY = "capacity"
    """The provider has no line free now: a later attempt may pass."""


class PostResult(StrEnum):
    """What the answer to the one POST proves (reference: twilio.md §7.1)."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    """Never reached the provider, or was proven not processed (429): the same attempt may be sent again."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """A call may exist. Ask; never post again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOrder:
    """All that is needed to post one call. Secrets and numbers stay out of `repr`."""

    attempt_id: AttemptId
    to: str = field(repr=False)
    from_: str = field(repr=False)
    ring_timeout_s: int
    time_limit_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What became of the one POST."""

    proof: PostResult
    call_sid: str | None = None
    code: int | None = None
    """The provider's error code."""
    fault: Fault | None = None
    retry_after_s: float | None = None
    queued_s: float | None = None
    """How long the provider reckons to let an accepted call wait before it dials; None where it does not say."""
    reason: str | None = None
    """For people who look into a failure: a status or the class of an error. Never an address or a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCall:
    """A call as the provider shows it when asked."""

    report: CallReport
    created_at: datetime
    outbound: bool
    queued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsOrder:
    """All that is needed to post one text. Number and words stay out of `repr`."""

    sms_id: SmsId
    to: str = field(repr=False)
    from_: str
    """A number of ours, or a messaging service that picks one."""
    body: str = field(repr=False)
    valid_for_s: int
    """Later the phone company must not deliver it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteText:
    """A text as the provider shows it when asked."""

    report: MessageReport
    created_at: datetime
    outbound: bool
    body: str = field(repr=False)


class Texting(Protocol):
    """The phone company's texts."""

    async def send(self, order: SmsOrder) -> Placement:
        """Post one text, once. Never raises: whatever happens is classified; `call_sid` names the text."""

    async def find_texts(self, to: str, body: str, since: datetime) -> Sequence[RemoteText]:
        """Our texts of these words to this number. Raises RemoteError."""

    async def fetch_text(self, message_sid: str) -> RemoteText | None:
        """The text, or None if the provider knows no such text. Raises RemoteError."""


class Telephony(Protocol):
    """The phone company."""

    async def place(self, order: CallOrder) -> Placement:
        """Post one call, once. Never raises: whatever happens is classified."""

    async def find(self, to: str, from_: str, since: datetime, now: datetime) -> Sequence[RemoteCall]:
        """Our outbound calls of that pair, today's and yesterday's and the queued ones. Raises RemoteError."""

    async def fetch(self, call_sid: str) -> RemoteCall | None:
        """The call, or None if the provider knows no such call. Raises RemoteError."""

    async def hang_up(self, call_sid: str) -> None:
        """End the call in whatever state it is; a call already over is no error. Raises RemoteError."""

    async def go_on(self, call_sid: str, attempt_id: AttemptId, turn: int) -> None:
        """Whatever the call is doing, it fetches this turn now. A call already over is no error. Raises RemoteError."""

    async def record(self, call_sid: str, attempt_id: AttemptId) -> None:
        """Record the call from now on, once. Raises RemoteError."""

    async def speak_to_machine(self, call_sid: str, twiml: str) -> None:
        """Replace what a live call hears. A call already over is no error. Raises RemoteError."""


class Archive(Protocol):
    """The phone company's recordings of our calls."""

    async def delete(self, sid: str) -> None:
        """It is gone afterwards; one that is gone already is no error. Raises RemoteError."""


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
