"""Tiers of transfers and customers: raised by later events, remembered, and applied to the customer's next
transfers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wakeup.domain.case import Case, CaseState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CustomerId
from wakeup.domain.transfer import TIER_RANK, Tier, Transfer, TransferState, highest, one_up
from wakeup.usecases.case.people import bar_linked, take_warnings
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import tell_of_raised
from wakeup.usecases.guardians.ask_guardian import hurry_prompts
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.ladder.plan_calls import hurry
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.records import Customer
from wakeup.usecases.unit import Unit


def raise_tier(file: CaseFile, transfer: Transfer, tier: Tier) -> None:
    """Raise a transfer's tier after a later event, and with it the tier of its case and of the customer's next
    transfers."""
    unit = file.unit
    file.put(replace(transfer, tier=tier))
    file.note("tier_raised", "bank", transfer=transfer.id, before=transfer.tier, after=tier)
    if TIER_RANK[tier] < TIER_RANK[file.case.tier]:
        file.change(tier=tier)
        hurry(file)
        set_ladder(file)
    customer = unit.customers.get(transfer.customer_id)
    if customer is not None:
        unit.customers.save(replace(customer, tier=recent_tier(tier, customer, file.now), tier_at=file.now))
    if transfer.state is TransferState.ALLOWED:
        tell_of_raised(file, transfer)


def warn(unit: Unit, others: Iterable[Case], event: FlaggedTransfer, tier: Tier, now: datetime) -> None:
    """Raise the tier of the customer's other open cases (given locked) to at least that of this event, and doubt
    there what the event doubts. What is cooling there, or waits for one supervisor's approval, is then judged by
    the new state when its time comes."""
    for case in others:
        with CaseFile(unit, case, now) as file:
            if TIER_RANK[tier] < TIER_RANK[case.tier]:
                _raise_case(file, event, tier)
            take_warnings(file, event)
            bar_linked(file, event)


def _raise_case(file: CaseFile, event: FlaggedTransfer, tier: Tier) -> None:
    file.note("tier_raised", "bank", transfer=event.transfer_id, before=file.case.tier, after=tier)
    file.change(tier=tier)
    if file.case.state is CaseState.OPEN:
        hurry(file)
        set_ladder(file)
    else:
        hurry_prompts(file)


def recent_tier(tier: Tier, customer: Customer | None, now: datetime) -> Tier:
    """Return the highest tier that the bank named for this customer in a row of events with less than 24 hours
    between them."""
    if customer is None or customer.tier_at <= now - timedelta(hours=24):
        return tier
    return highest(tier, customer.tier)


def case_tier(tier: Tier, customer: Customer | None, now: datetime) -> Tier:
    """Return the tier of a case: the customer's recent tier, one tier higher for some time after a protective
    outcome."""
    recent = recent_tier(tier, customer, now)
    shaken = customer is not None and customer.shaken_until is not None and customer.shaken_until > now
    return one_up(recent) if shaken else recent


def remember_customer(
    unit: Unit,
    customer: Customer | None,
    customer_id: CustomerId,
    tier: Tier,
    now: datetime,
    *,
    family_risk: bool,
) -> None:
    """Store the customer with their newest tier. `customer` is the stored one; None if the customer is new."""
    if customer is None:
        unit.customers.add(Customer(id=customer_id, seen_at=now, tier=tier, tier_at=now, family_risk=family_risk))
    else:
        unit.customers.save(replace(customer, seen_at=now, tier=tier, tier_at=now, family_risk=family_risk))
