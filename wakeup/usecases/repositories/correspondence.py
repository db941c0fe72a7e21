"""Repositories of guardians and of SMS, and their records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from wakeup.domain.confirmation import Confirmation
from wakeup.domain.guardian import Guardian
from wakeup.domain.ids import CaseId, ConfirmationId, CustomerId, GuardianId, SmsId
from wakeup.domain.sms import Sms


class Channel(StrEnum):
    """A channel on which a number may refuse contact."""

    SMS = "sms"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of the consent history with a guardian: something agreed, or withdrawn. Kept for good."""

    customer_id: CustomerId
    guardian_id: GuardianId
    at: datetime
    kind: str
    """ward_agreed, guardian_agreed, invited, declined, paused, resumed, left, changed, removed."""
    by: str
    """bank, customer, guardian or system."""
    channel: str
    wording: str
    """The wording that they saw or heard: a template with its version, or the bank's own name for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one guardian by the bank that waits until its due time because a case is open."""

    customer_id: CustomerId
    guardian_id: GuardianId
    due_at: datetime
    wanted: str | None = field(repr=False)
    """The new entry as JSON; None removes the guardian."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """A call to us that the customer has begun in the bank's app. One call from this number is accepted for it,
    until `until`."""

    number_index: str
    case_id: CaseId
    customer_id: CustomerId
    until: datetime
    call_sid: str | None = None
    """The call that arrived; None while none has."""
    answered: bool = False
    """True once the caller pressed the key for the hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSms:
    """A rendered SMS, and the template it was made from."""

    body: str = field(repr=False)
    template: str


class SmsTemplates(Protocol):
    """The SMS templates, by kind and language. `runtime` implements it."""

    def write(self, kind: str, locale: str, words: Mapping[str, str]) -> RenderedSms:
        """Return the rendered text, with the bank's name filled in. `kind` may name a typology after a dot. Raises
        NotFoundError."""

    def wording(self, kind: str, locale: str) -> str:
        """Return the name of the wording in force."""


class Guardians(Protocol):
    def of_customer(self, customer_id: CustomerId) -> Sequence[Guardian]:
        """Return them by rank, the removed ones last."""

    def of_number(self, number_index: str) -> Sequence[Guardian]: ...
    def get(self, customer_id: CustomerId, guardian_id: GuardianId) -> Guardian | None: ...
    def add(self, guardian: Guardian) -> None: ...
    def save(self, guardian: Guardian) -> None: ...
    def consent(self, consent: Consent) -> None: ...
    def consents(self, customer_id: CustomerId, guardian_id: GuardianId) -> Sequence[Consent]: ...
    def wait(self, change: Change) -> None:
        """Store a change that waits. It replaces an earlier change of the same guardian."""

    def changes(self, customer_id: CustomerId) -> Sequence[Change]: ...
    def changes_due(self, now: datetime, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        """Return customer and guardian of each change that is due, the longest due first. Nothing is locked or
        decrypted."""

    def next_change(self) -> datetime | None: ...
    def forget_change(self, customer_id: CustomerId, guardian_id: GuardianId) -> None: ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """How many calls were put through to a human lately, before this one."""

    by_all: int
    by_them: int
    """From the same number, whoever is calling."""


class CallIns(Protocol):
    """Calls to us: those announced by the bank's app, and those that asked for a human."""

    def expect(self, call_in: CallIn) -> None:
        """Store an announcement. A second one for the same number and case admits another call."""

    def of_number(self, number_index: str) -> Sequence[CallIn]: ...
    def get(self, number_index: str, case_id: CaseId) -> CallIn | None: ...
    def save(self, call_in: CallIn) -> None: ...
    def ask_person(
        self, call_sid: str, number_index: str, now: datetime, *, by_all_since: datetime, by_them_since: datetime
    ) -> Asks:
        """Count one more request for a human, once per call. Requests older than `by_all_since` are deleted."""

    def take_back(self, call_sid: str) -> None:
        """Do not count this call, because it was not put through."""


class Correspondence(Protocol):
    """The repositories of this module, as part of the unit of work."""

    @property
    def sms_templates(self) -> SmsTemplates: ...
    @property
    def guardians(self) -> Guardians: ...
    @property
    def confirmations(self) -> Confirmations: ...
    @property
    def texts(self) -> Texts: ...
    @property
    def do_not_call(self) -> DoNotCall: ...
    @property
    def call_ins(self) -> CallIns: ...
