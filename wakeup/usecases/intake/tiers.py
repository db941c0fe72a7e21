"""A later event of the bank raises the tier of a transfer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wakeup.domain.case import Case, CaseState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.transfer import TIER_RANK, Tier, Transfer, TransferState
from wakeup.usecases.case.customer import remember_tier
from wakeup.usecases.case.people import bar_linked, take_warnings
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import tell_of_raised
from wakeup.usecases.guardians.ask_guardian import hurry_prompts
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.ladder.plan_calls import hurry
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.unit import Unit


def raise_tier(file: CaseFile, transfer: Transfer, tier: Tier) -> None:
    """Raise a transfer's tier after a later event, and with it the tier of its case and of the customer's next
    transfers."""
    file.put(replace(transfer, tier=tier))
    file.note("tier_raised", "bank", transfer=transfer.id, before=transfer.tier, after=tier)
    if TIER_RANK[tier] < TIER_RANK[file.case.tier]:
        file.update(replace(file.case, tier=tier))
        hurry(file)
        set_ladder(file)
    remember_tier(file, tier)
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
    file.update(replace(file.case, tier=tier))
    if file.case.state is CaseState.OPEN:
        hurry(file)
        set_ladder(file)
    else:
        hurry_prompts(file)
