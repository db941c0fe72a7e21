"""What no case's end would ever delete: customers who never had a case, guardians who were taken away, texts of
strangers, calls that were announced, and news of transfers that never came."""

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
"""After it may begin no more: it may have begun at the last moment, and lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    customers: Sequence[CustomerId]
    """To be erased."""
    guardians: Sequence[tuple[CustomerId, GuardianId]]
    """To be emptied."""


def leftovers(unit: Unit, now: datetime, limit: int) -> Leftovers:
    """At most `limit` of each."""
    return Leftovers(
        customers=unit.leftovers.without_cases(now - unit.policy.retention.records, limit),
        guardians=unit.leftovers.to_empty(limit),
    )


def empty_guardian(unit: Unit, customer_id: CustomerId, guardian_id: GuardianId) -> bool:
    """Who they were is forgotten: number, name and accounts. That there was one by this id, and what was agreed, stays;
    should the bank name them again, they are new to us. False if they are needed still, or again."""
    if unit.cases.lock_unsettled(customer_id) or not unit.erasure.lock_customer(customer_id):
        return False
    guardian = unit.guardians.get(customer_id, guardian_id)
    if guardian is None or guardian.state is not GuardianState.REMOVED:
        return False
    if unit.leftovers.is_needed(customer_id, guardian_id):
        return False
    # By the keyed hash alone whoever told us no is known again: that outlives every list.
    number = guardian.number_index if own_no(unit, customer_id, guardian.number_index) is not None else ""
    emptied = replace(
        guardian, phone="", number_index=number, region="", name="", relation=None, accounts=(), code=None
    )
    unit.guardians.save(emptied)
    return True


def prune(unit: Unit, now: datetime, limit: int) -> bool:
    """Delete what came from outside and led nowhere. Whether there may be more of it."""
    strangers = unit.leftovers.prune_strangers(now - unit.policy.retention.speech, limit)
    early = unit.leftovers.prune_early_news(now - EARLY_NEWS_WAITS, limit)
    unit.leftovers.prune_call_ins(now - CALL_IN_KEPT)
    return max(strangers, early) >= limit
