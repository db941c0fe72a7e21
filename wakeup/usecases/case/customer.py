"""What is stored about a customer beyond one case: the tier, family risk, and how long after a warning new transfers
get a higher tier, and when the bank last listed guardians. Also whether the customer was erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CustomerId
from wakeup.domain.transfer import Tier, highest, one_up
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import Customer
from wakeup.usecases.unit import Unit


def is_erased(file: CaseFile) -> bool:
    """True if the case's customer was erased. Locks the customer, so that an erasure waits for this transaction."""
    return file.unit.customers.lock(file.case.customer_id) is None


def is_unreadable(file: CaseFile) -> bool:
    """True if the customer's key cannot be opened: it is damaged, or this node lacks its master key.

    Then nothing of the case is rung or sent here, and nothing is released by itself, because a warning could be missed.
    """
    return not file.unit.customers.can_be_read(file.case.customer_id)


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


def remember_tier(file: CaseFile, tier: Tier) -> None:
    """Store the tier that a later event named, for the customer's next transfers."""
    customer = file.unit.customers.lock(file.case.customer_id)
    if customer is not None:
        recent = recent_tier(tier, customer, file.now)
        file.unit.customers.save(replace(customer, tier=recent, tier_at=file.now))


def remember_family_risk(file: CaseFile) -> None:
    customer = file.unit.customers.lock(file.case.customer_id)
    if customer is not None and not customer.family_risk:
        file.unit.customers.save(replace(customer, family_risk=True))


def remember_list(unit: Unit, customer: Customer, occurred_at: datetime | None, now: datetime) -> None:
    """Remember when the bank made its newest list of guardians; None if it asks at this moment. Raises ConflictError
    if the list is older than one that came before: a queue that sends it late would bring back a guardian whom the
    bank has removed since."""
    newest = customer.guardians_listed_at
    if newest is not None and occurred_at is not None and occurred_at < newest:
        named = newest.isoformat().replace("+00:00", "Z")
        raise ConflictError("occurred_at", f"is before {named}, the time of the newest list, which stays in force")
    # Banks write whole seconds. With ours, a list that follows in the same second would be the older one.
    second = now.replace(microsecond=0)
    listed_at = max(newest or second, second) if occurred_at is None else occurred_at
    unit.customers.save(replace(customer, guardians_listed_at=listed_at))


def raise_next_tiers(file: CaseFile) -> None:
    """Raise the customer's new transfers by one tier for a while: a customer who was nearly cheated once is tried
    again."""
    customer = file.unit.customers.lock(file.case.customer_id)
    if customer is not None:
        until = file.now + file.unit.policy.release.shaken_for
        file.unit.customers.save(replace(customer, shaken_until=until))


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
