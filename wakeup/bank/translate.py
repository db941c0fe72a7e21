"""Convert validated bodies to the inputs of the use cases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wakeup.bank.fields import Phone
from wakeup.bank.parse import Parsed
from wakeup.bank.references import as_code
from wakeup.bank.schemas import Guardian, GuardiansPut, Label, RiskEvent, TransferEvent
from wakeup.bank.typologies import TYPOLOGIES, known_or_generic
from wakeup.bank.zones import zoned
from wakeup.domain.guardian import ADULT_FROM
from wakeup.domain.ids import CustomerId
from wakeup.domain.naming import called
from wakeup.domain.party import Payee
from wakeup.usecases.guardians.enrol_guardians import Entry, GuardiansIn
from wakeup.usecases.inputs import FlaggedTransfer, LabelIn, Person, TransferEventIn


def flagged_transfer(
    parsed: Parsed[RiskEvent], *, client: str, typologies: Collection[str] = TYPOLOGIES
) -> FlaggedTransfer:
    """Convert a risk event. `client` is the client that signed it; a typology not in `typologies` becomes `generic`."""
    event = parsed.body
    customer, transfer, risk = event.customer, event.transfer, event.risk
    payee = transfer.payee
    home = None if customer.phone.number is None else customer.phone.number.region
    return FlaggedTransfer(
        event_id=event.event_id,
        client=client,
        content_hash=parsed.content_hash,
        customer_id=customer.id,
        customer=_reached_at(event, customer.phone, bank_id=customer.id),
        alternates=tuple(_reached_at(event, phone, home=home) for phone in customer.alternate_phones),
        guardians=tuple(_guardian(guardian, home, event.occurred_at) for guardian in event.guardians),
        timezone=customer.timezone,
        birth_year=customer.birth_year,
        vulnerable=customer.vulnerable,
        forwarding=customer.forwarding,
        phone_changed_at=customer.phone_changed_at,
        sim_swapped_at=customer.sim_swapped_at,
        transfer_id=transfer.id,
        amount=transfer.amount,
        currency=transfer.currency,
        share_of_balance=transfer.share_of_balance,
        payee=Payee(name=payee.name, account=payee.account, bank=payee.bank, phone=payee.phone),
        created_at=transfer.created_at,
        occurred_at=event.occurred_at,
        decide_by=transfer.decide_by,
        hold_max=transfer.hold_max,
        tier=risk.tier,
        typology=known_or_generic(risk.typology, typologies),
        signals=risk.signals,
        model=as_code(risk.model),
    )


def transfer_event(parsed: Parsed[TransferEvent]) -> TransferEventIn:
    event = parsed.body
    return TransferEventIn(
        event_id=event.event_id,
        content_hash=parsed.content_hash,
        transfer_id=event.transfer_id,
        kind=event.type,
        occurred_at=event.occurred_at,
        decide_by=event.decide_by,
        hold_max=event.hold_max,
    )


def label(parsed: Parsed[Label]) -> LabelIn:
    body = parsed.body
    return LabelIn(
        event_id=body.event_id,
        content_hash=parsed.content_hash,
        transfer_id=body.transfer_id,
        label=body.label,
        recovered=body.recovered,
        occurred_at=body.occurred_at,
    )


def guardians(parsed: Parsed[GuardiansPut], now: datetime) -> GuardiansIn:
    """Convert a guardian list. Guardians without a valid number are left out; the order is kept."""
    body, ward = parsed.body, called(parsed.body.user_name)
    wanted = tuple(
        Entry(
            id=guardian.id,
            rank=rank,
            phone=guardian.phone.number.e164,
            region=guardian.phone.number.region,
            line_type=guardian.phone.number.line_type,
            zone=body.timezone,
            name=guardian.name,
            relation=guardian.relation,
            locale=guardian.locale.tag,
            minor=_minor(guardian, now),
            linked=guardian.linked,
            accounts=guardian.accounts,
            agreed_at=guardian.consented_at,
            agreed_channel=as_code(guardian.consent_channel),
            agreed_wording=as_code(guardian.consent_wording),
            confirmed_at=guardian.confirmed_at,
            confirmed_channel=as_code(guardian.confirmed_channel),
            confirmed_wording=as_code(guardian.confirmed_wording),
            ward=ward,
        )
        for rank, guardian in enumerate(body.guardians, start=1)
        if guardian.phone.number is not None
    )
    return GuardiansIn(
        event_id=body.event_id, content_hash=parsed.content_hash, customer_id=CustomerId(body.user_id),
        occurred_at=body.occurred_at, wanted=wanted,
    )  # fmt: skip


def _minor(guardian: Guardian, now: datetime) -> bool:
    """True if the guardian may still be under age this year."""
    return guardian.birth_year is not None and now.year - guardian.birth_year <= ADULT_FROM


def _reached_at(event: RiskEvent, phone: Phone, bank_id: str | None = None, home: str | None = None) -> Person:
    customer = event.customer
    number = phone.number if bank_id is not None else zoned(phone.number, home)
    return Person(bank_id=bank_id, number=number, name=customer.name, locale=customer.locale.tag)


def _guardian(guardian: Guardian, home: str | None, now: datetime) -> Person:
    return Person(
        bank_id=guardian.id,
        number=zoned(guardian.phone.number, home),
        name=guardian.name,
        locale=guardian.locale.tag,
        consented_at=guardian.consented_at,
        minor=_minor(guardian, now),
        linked=guardian.linked,
        accounts=guardian.accounts,
    )
