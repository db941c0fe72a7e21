"""The bodies the bank sends us (docs/api.md). The same models generate `/openapi.json`.

What is refused, and what only gives a warning: the core holds a refused event's transfer, but no one rings the
customer. So a refusal (422) is only for a fault that leaves open who, what or until when:

- a fault of form anywhere: missing, mistyped, unknown or repeated fields, naive times, impossible amounts;
- a customer's number that cannot exist (country code or length).

Everything else costs accuracy, not protection, and is accepted, with the fault named in the response's `warnings`:

- a well-formed typology without a script of its own gets the generic questions;
- a number the plan has not assigned is not rung (unassigned ranges are where toll fraud lives). If it is the
  customer's, guardians and human agents take over; if it is an alternate's or a guardian's, even an impossible one, the
  customer is still rung.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from wakeup.bank import money
from wakeup.bank.examples import RISK_EVENT_EXAMPLE
from wakeup.bank.faults import refuse
from wakeup.bank.fields import (
    Account,
    AnyPhone,
    Code,
    Currency,
    CustomerPhone,
    Id,
    Instant,
    LocaleTag,
    Money,
    MoneyOrZero,
    Name,
    TimeZone,
    Word,
)
from wakeup.domain.label import Truth
from wakeup.domain.transfer import Tier
from wakeup.usecases.inputs import TransferNews

MAX_BATCH = 1000
CLOCK_SKEW = timedelta(minutes=5)
"""How far the sender's clock may be ahead of ours."""

_SHOWN = frozenset({"id", "event_id", "transfer_id", "type"})


def _not_ahead(at: datetime, info: ValidationInfo) -> datetime:
    now: datetime = (info.context or {})["now"]
    if at - now > CLOCK_SKEW:
        raise refuse("is more than 5 minutes in the future")
    return at


Happened = Annotated[Instant, AfterValidator(_not_ahead)]


class Body(BaseModel):
    """Base class of every request body: no unknown fields, no type conversion, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show only ids, so that names and accounts stay out of logs and tracebacks."""
        return ((field, value) for field, value in super().__repr_args__() if field in _SHOWN)


class Payee(Body):
    """Where the money would go."""

    name: Name | None = None
    account: Account = Field(
        description="Account, wallet or proxy id, as the bank stores it.", examples=["001-234567-8"]
    )
    bank: Name | None = None
    phone: Word | None = Field(default=None, description="Never called.")


class Customer(Body):
    """The customer, who is called."""

    id: Id = Field(examples=["u_1042"])
    phone: CustomerPhone
    alternate_phones: Annotated[tuple[AnyPhone, ...], Field(strict=False, max_length=5)] = ()
    name: Name = Field(default="", examples=["陈美玲"])
    locale: LocaleTag
    timezone: TimeZone
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    phone_changed_at: Instant | None = Field(
        default=None, description="A recently changed number is not called automatically."
    )
    sim_swapped_at: Instant | None = None
    forwarding: bool = Field(default=False, description="Calls to this number are forwarded.")
    vulnerable: bool = False


class Transfer(Body):
    """The payment that looks like a scam."""

    id: Id = Field(examples=["t_90017"])
    currency: Currency
    amount: Money
    payee: Payee
    share_of_balance: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None,
        description="Share of the customer's money at this bank. From one half on they are called earlier when lines "
        "are scarce.",
    )
    created_at: Instant
    decide_by: Instant = Field(
        description="When the payment core needs the decision. If it is already past, the transfer is held."
    )
    hold_max: Instant = Field(description="Legal limit of a hold. A transfer still undecided then is refused.")

    @field_validator("amount")
    @classmethod
    def _in_minor_units(cls, amount: Money, info: ValidationInfo) -> Money:
        currency = info.data.get("currency")
        if currency is not None and not money.fits(amount, currency):
            raise refuse("has more decimals than its currency")
        return amount

    @field_validator("hold_max")
    @classmethod
    def _after_the_window(cls, hold_max: datetime, info: ValidationInfo) -> datetime:
        return _not_before_decide_by(hold_max, info)


class Risk(Body):
    """What the risk engine found."""

    tier: Annotated[Tier, Field(strict=False)]
    score: float = Field(ge=0, le=1, allow_inf_nan=False)
    typology: Code = Field(
        default="generic",
        description="A code of the question bank, or the id of a later script. Any other code gets generic questions.",
    )
    signals: Annotated[tuple[Code, ...], Field(strict=False, max_length=50)] = Field(
        default=(),
        description="Codes of the bank's own, noted in the case. One has an effect: `family_risk` says that the "
        "family may be the danger. No guardian is then called, written to or invited, also in later cases.",
        examples=[["new_payee", "screen_share"]],
    )
    model: Word = Field(default="", description="The model's id. Free text is not stored.")


class Guardian(Body):
    """A trusted person. Customer and guardian have both agreed beforehand."""

    id: Id = Field(examples=["g_7"])
    name: Name = ""
    phone: AnyPhone
    locale: LocaleTag
    relation: Word | None = Field(default=None, examples=["daughter"])
    consented_at: Instant | None = Field(
        default=None,
        description="When the customer agreed. Without it, the guardian is never contacted, and a list without it "
        "takes the consent back. In a list it may not be in the future.",
    )
    consent_channel: Word = Field(default="", examples=["app"], description="A code. Free text is not stored.")
    consent_wording: Word = Field(default="", description="The bank's id of the wording the customer agreed to.")
    confirmed_at: Instant | None = Field(
        default=None,
        description="When the guardian agreed, if the bank asked; counts only beside `consented_at`. Otherwise the "
        "guardian is invited by SMS. In a list it may not be in the future.",
    )
    confirmed_channel: Word = ""
    confirmed_wording: Word = ""
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = Field(
        default=None, description="Minors are left out. Only this result is stored, not the year."
    )
    linked: bool = Field(default=False, description="True if connected with a suspect; the guardian is then left out.")
    accounts: Annotated[tuple[Account, ...], Field(strict=False, max_length=5)] = Field(
        default=(), description="Accounts known to belong to the guardian. A guardian who is the payee is not asked."
    )


class ListedGuardian(Guardian):
    """A guardian in a list. Its times stay in the consent history for good, so they are refused if they are wrong."""

    @field_validator("consented_at", "confirmed_at")
    @classmethod
    def _not_in_the_future(cls, at: datetime | None, info: ValidationInfo) -> datetime | None:
        return at and _not_ahead(at, info)


G = TypeVar("G", bound=Guardian)


def _each_once(guardians: tuple[G, ...]) -> tuple[G, ...]:
    if len({guardian.id for guardian in guardians}) < len(guardians):
        raise refuse("contains the same id twice")
    return guardians


Guardians = Annotated[tuple[G, ...], Field(strict=False, max_length=10), AfterValidator(_each_once)]


class RiskEvent(Body):
    """A transfer that looks like a scam; the customer is called before the window closes."""

    type: Literal["risk_event"] = "risk_event"
    event_id: Id = Field(
        description="Repeating an id with the same content gets the same response; with other content, 409."
    )
    occurred_at: Happened
    customer: Customer
    transfer: Transfer
    risk: Risk
    guardians: Guardians[Guardian] = ()

    model_config = ConfigDict(json_schema_extra={"examples": [RISK_EVENT_EXAMPLE]})


class RiskEventBatch(Body):
    """Up to 1,000 events, each with its own result. A faulty event does not affect the others. A body that is not
    strict JSON (a key twice in an object, NaN, nested more than 16 deep) is refused as a whole."""

    events: Annotated[tuple[RiskEvent, ...], Field(strict=False, min_length=1, max_length=MAX_BATCH)]


class TransferEvent(Body):
    """An event of a transfer flagged before. If the transfer is unknown, it waits 24 hours for the risk event."""

    type: Annotated[TransferNews, Field(strict=False)]
    event_id: Id
    transfer_id: Id = Field(description="Must equal the id in the path.")
    occurred_at: Happened = Field(
        description="A `confirmed_in_app` counts only if this is not before `occurred_at` of the transfer's first risk "
        "event, and if it arrives after that event. `warnings` in the answer say so if not."
    )
    decide_by: Annotated[Instant | None, Field(description="New deadline; only with `window_extended`.")] = None
    hold_max: Annotated[Instant | None, Field(description="New legal limit; only with `window_extended`.")] = None

    @field_validator("decide_by", "hold_max")
    @classmethod
    def _only_when_extended(cls, at: datetime | None, info: ValidationInfo) -> datetime | None:
        kind = info.data.get("type")
        if at is not None and kind not in (None, TransferNews.WINDOW_EXTENDED):
            raise refuse("is allowed only with window_extended")
        return at

    @field_validator("hold_max")
    @classmethod
    def _after_the_window(cls, hold_max: datetime | None, info: ValidationInfo) -> datetime | None:
        return hold_max and _not_before_decide_by(hold_max, info)


class Label(Body):
    """The later truth about a transfer."""

    type: Literal["label"]
    event_id: Id
    transfer_id: Id
    label: Annotated[Truth, Field(strict=False)]
    recovered: MoneyOrZero = Field(description="Amount recovered, in the transfer's currency.")
    occurred_at: Happened


class GuardiansPut(Body):
    """All guardians of a customer from now on; an empty list removes all of them."""

    type: Literal["guardians"]
    event_id: Id
    user_id: Id = Field(description="Must equal the id in the path.")
    user_name: Name = Field(default="", description="Name of the customer, for the invitation.")
    timezone: TimeZone = Field(default="UTC", description="Invitations are sent in the daytime of this zone.")
    occurred_at: Happened = Field(description="A list that is older than the newest one is refused with 409.")
    guardians: Guardians[ListedGuardian]


def _not_before_decide_by(hold_max: datetime, info: ValidationInfo) -> datetime:
    decide_by = info.data.get("decide_by")
    if decide_by is not None and hold_max < decide_by:
        raise refuse("is before decide_by")
    return hold_max
