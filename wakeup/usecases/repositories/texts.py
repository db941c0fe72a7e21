"""Repositories of SMS, of the confirmations asked for by SMS, and of numbers not to be contacted; their records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from wakeup.domain.confirmation import Confirmation
from wakeup.domain.ids import CaseId, ConfirmationId, CustomerId, SmsId
from wakeup.domain.sms import Sms


class Channel(StrEnum):
    """A channel on which a number may refuse contact."""

    SMS = "sms"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An SMS received by us, and what it was taken as. `body` is kept only for a guardian of a known customer."""

    message_sid: str
    number_index: str
    received_at: datetime
    taken_as: str
    customer_id: CustomerId | None = None
    case_id: CaseId | None = None
    confirmation_id: ConfirmationId | None = None
    body: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsEventRecord:
    """One receipt as received from the provider."""

    message_sid: str
    event: str
    sms_id: SmsId
    customer_id: CustomerId
    received_at: datetime
    raw: str = field(repr=False)


class Confirmations(Protocol):
    def get(self, confirmation_id: ConfirmationId) -> Confirmation:
        """Return the confirmation. Raises NotFoundError."""

    def of_case(self, case_id: CaseId) -> Sequence[Confirmation]:
        """Return them oldest first."""

    def coded(self, number_index: str) -> Sequence[Confirmation]:
        """Return the confirmations of a number whose code is still in use."""

    def add(self, confirmation: Confirmation) -> None: ...
    def save(self, confirmation: Confirmation) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[Confirmation]: ...
    def next_due(self) -> datetime | None: ...


class Texts(Protocol):
    def get(self, sms_id: SmsId) -> Sms | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Sms]: ...
    def add(self, sms: Sms) -> None: ...
    def save(self, sms: Sms) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[SmsId]:
        """Return queued SMS that are due: first the urgent ones, then the others, each longest due first. Nothing
        is locked, because each is sent under the lock of its case or customer. Nothing is decrypted, so that one
        that cannot be does not hold up the others."""

    def next_due(self) -> datetime | None: ...
    def to_check(self, now: datetime, limit: int) -> Sequence[SmsId]:
        """Return the SMS that must be checked now. Nothing is decrypted."""

    def next_check(self) -> datetime | None: ...
    def is_known(self, message_sid: str) -> bool:
        """True if we sent this message."""

    def sent_since(self, number_index: str, since: datetime) -> int: ...
    def invited(self, customer_id: CustomerId, number_index: str) -> bool:
        """True if an invitation of this customer was ever sent to this number, or is on its way."""

    def event(self, record: SmsEventRecord) -> bool:
        """Store a receipt. Returns False if the same receipt was stored before."""

    def receive(self, received: Received) -> bool:
        """Store an SMS received by us. Returns False if it was stored before."""

    def took(self, received: Received) -> None:
        """Record what it was taken as."""

    def received_since(self, number_index: str, since: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOff:
    """A number that wants no more contact on this channel. Only its hash is known."""

    number_index: str
    channel: Channel
    since: datetime
    why: str


class DoNotCall(Protocol):
    def holds(self, number_index: str, channel: Channel) -> bool: ...
    def add(self, number_index: str, channel: Channel, why: str, now: datetime) -> bool:
        """Put the number on the list. Returns False if it was on the list before."""

    def remove(self, number_index: str, channel: Channel) -> bool:
        """Take the number off the list. Returns False if it was not on the list."""

    def listed(self, limit: int) -> Sequence[KeptOff]:
        """Return the newest entries first."""

    def count(self) -> int: ...
