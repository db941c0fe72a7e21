"""Repositories of guardians and of text messages, as the use cases see them, and the plain records they keep."""

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
    """By what somebody wants nothing more of ours."""

    SMS = "sms"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of what was agreed with a guardian, or taken back. Kept for good."""

    customer_id: CustomerId
    guardian_id: GuardianId
    at: datetime
    kind: str
    """ward_agreed, guardian_agreed, invited, declined, paused, resumed, left, changed, removed."""
    by: str
    """bank, customer, guardian or system."""
    channel: str
    wording: str
    """Which words they saw or heard: a template with its version, or the bank's own name for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the bank wants of one guardian, kept until an open case is no reason to wait any more."""

    customer_id: CustomerId
    guardian_id: GuardianId
    due_at: datetime
    wanted: str | None = field(repr=False)
    """The new entry as JSON; None takes the guardian away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A text that came to us, and what it was taken as. `body` is kept only for a guardian of a known customer."""

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
    """One receipt as it came from the provider."""

    message_sid: str
    event: str
    sms_id: SmsId
    customer_id: CustomerId
    received_at: datetime
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """The customer has begun a call to us in the bank's app: one call from this number is taken for it, until then."""

    number_index: str
    case_id: CaseId
    customer_id: CustomerId
    until: datetime
    call_sid: str | None = None
    """The call that came. None while none has."""
    answered: bool = False
    """They pressed for the hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSms:
    """A text ready to be sent, and the wording it was made of."""

    body: str = field(repr=False)
    template: str


class SmsTemplates(Protocol):
    """The templates of our texts, by kind and language. `runtime` implements it."""

    def write(self, kind: str, locale: str, words: Mapping[str, str]) -> RenderedSms:
        """The text, the bank's name filled in. `kind` may name a typology behind a dot. Raises NotFoundError."""

    def wording(self, kind: str, locale: str) -> str:
        """The name of the wording in force."""


class Guardians(Protocol):
    def of_customer(self, customer_id: CustomerId) -> Sequence[Guardian]:
        """By rank; those who were removed last."""

    def of_number(self, number_index: str) -> Sequence[Guardian]: ...
    def get(self, customer_id: CustomerId, guardian_id: GuardianId) -> Guardian | None: ...
    def add(self, guardian: Guardian) -> None: ...
    def save(self, guardian: Guardian) -> None: ...
    def consent(self, consent: Consent) -> None: ...
    def consents(self, customer_id: CustomerId, guardian_id: GuardianId) -> Sequence[Consent]: ...
    def wait(self, change: Change) -> None:
        """A later change of the same guardian replaces an earlier one."""

    def changes(self, customer_id: CustomerId) -> Sequence[Change]: ...
    def changes_due(self, now: datetime, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        """Whose, oldest due first. Nothing locked, nothing opened."""

    def next_change(self) -> datetime | None: ...
    def forget_change(self, customer_id: CustomerId, guardian_id: GuardianId) -> None: ...


class Confirmations(Protocol):
    def get(self, confirmation_id: ConfirmationId) -> Confirmation:
        """Raises NotFoundError."""

    def of_case(self, case_id: CaseId) -> Sequence[Confirmation]:
        """Oldest first."""

    def coded(self, number_index: str) -> Sequence[Confirmation]:
        """Those of a number whose code still stands for them."""

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
        """Queued and due, oldest due first: the urgent ones, then the others. Nothing locked: that is the work of its
        case, or its customer. Nothing opened: one that cannot be is not to keep the others waiting."""

    def next_due(self) -> datetime | None: ...
    def to_check(self, now: datetime, limit: int) -> Sequence[SmsId]:
        """Nothing opened."""

    def next_check(self) -> datetime | None: ...
    def is_known(self, message_sid: str) -> bool:
        """One of ours already."""

    def sent_since(self, number_index: str, since: datetime) -> int: ...
    def invited(self, customer_id: CustomerId, number_index: str) -> bool:
        """Whether an invitation of this customer was ever sent there, or is on its way."""

    def event(self, record: SmsEventRecord) -> bool:
        """Keep it. False if this very receipt was kept before."""

    def receive(self, received: Received) -> bool:
        """Remember a text that came to us. False if it was remembered before."""

    def took(self, received: Received) -> None:
        """Say what it was taken as."""

    def received_since(self, number_index: str, since: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOff:
    """A number that wants nothing more by this channel. The hash is all that is known of it."""

    number_index: str
    channel: Channel
    since: datetime
    why: str


class DoNotCall(Protocol):
    def holds(self, number_index: str, channel: Channel) -> bool: ...
    def add(self, number_index: str, channel: Channel, why: str, now: datetime) -> bool:
        """False if it stood there before."""

    def remove(self, number_index: str, channel: Channel) -> bool:
        """False if it did not stand there."""

    def listed(self, limit: int) -> Sequence[KeptOff]:
        """The newest first."""

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """How many calls were put through to a person lately, before this one."""

    by_all: int
    by_them: int
    """From the same number, whoever that is."""


class CallIns(Protocol):
    """Calls to us: those that the bank's app has announced, and those that asked for a person."""

    def expect(self, call_in: CallIn) -> None:
        """A second announcement opens the door anew, for a call of its own."""

    def of_number(self, number_index: str) -> Sequence[CallIn]: ...
    def get(self, number_index: str, case_id: CaseId) -> CallIn | None: ...
    def save(self, call_in: CallIn) -> None: ...
    def ask_person(
        self, call_sid: str, number_index: str, now: datetime, *, by_all_since: datetime, by_them_since: datetime
    ) -> Asks:
        """One more, once a call; what is older than `by_all_since` is forgotten."""

    def take_back(self, call_sid: str) -> None:
        """It was not put through, and counts for nothing."""


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
