"""Delete what no case's end would ever delete: customers who never had a case, removed guardians, SMS from unknown
senders, announced inbound calls, and news of transfers that never arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.usecases.guardians.guardian_words import own_no
from wakeup.usecases.intake.news import EARLY_NEWS_WAITS
from wakeup.usecases.unit import Unit

CALL_IN_KEPT = timedelta(days=1)
"""How long an announced inbound call is kept after it may no longer begin: it may have begun at the last moment
and still last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    customers: Sequence[CustomerId]
    """To be erased."""
    guardians: Sequence[tuple[CustomerId, GuardianId]]
    """To be emptied of personal data."""


def leftovers(unit: Unit, now: datetime, limit: int) -> Leftovers:
    """At most `limit` of each."""
    return Leftovers(
        customers=unit.leftovers.without_cases(now - unit.policy.retention.records, limit),
        guardians=unit.leftovers.to_empty(limit),
    )


def empty_guardian(unit: Unit, customer_id: CustomerId, guardian_id: GuardianId) -> bool:
    """Delete the number, name and accounts of a removed guardian, in the customer's cases and in the SMS to them too.
    The id and the consent history stay; if the bank names the guardian again, they count as new. Returns False if the
    data is still needed, or needed again."""
    if unit.cases.lock_unsettled(customer_id) or not unit.erasure.lock_customer(customer_id):
        return False
    guardian = unit.guardians.get(customer_id, guardian_id)
    if guardian is None or guardian.state is not GuardianState.REMOVED:
        return False
    if unit.leftovers.is_needed(customer_id, guardian_id):
        return False
    for party_id, number in unit.leftovers.named_as(customer_id, guardian_id):
        unit.leftovers.empty_party(party_id, _kept_of(unit, customer_id, number))
    unit.leftovers.empty_texts(customer_id, guardian_id)
    number = _kept_of(unit, customer_id, guardian.number_index)
    emptied = replace(
        guardian, phone="", number_index=number, region="", name="", relation=None, accounts=(), code=None
    )
    unit.guardians.save(emptied)
    return True


def _kept_of(unit: Unit, customer_id: CustomerId, number_index: str) -> str:
    """Return the keyed hash of a number if its guardian told us no, by SMS or in a call, otherwise "". The hash alone
    recognises them: their no outlives every list."""
    no = own_no(unit, customer_id, number_index) or unit.parties.guardian_stopped(customer_id, number_index)
    return number_index if no else ""


def prune(unit: Unit, now: datetime, limit: int) -> bool:
    """Delete SMS of unknown senders, early news and announced calls that led nowhere. Returns whether there may be
    more."""
    strangers = unit.leftovers.prune_strangers(now - unit.policy.retention.speech, limit)
    early = unit.leftovers.prune_early_news(now - EARLY_NEWS_WAITS, limit)
    unit.leftovers.prune_call_ins(now - CALL_IN_KEPT)
    return max(strangers, early) >= limit
