"""A later event of the bank raises the tier of a transfer."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.transfer import TIER_RANK, Tier, Transfer, TransferState
from wakeup.usecases.case.customer import remember_tier
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import tell_of_raised
from wakeup.usecases.ladder.plan_calls import hurry
from wakeup.usecases.ladder.rungs import set_ladder


def raise_tier(file: CaseFile, transfer: Transfer, tier: Tier) -> None:
    """Raise a transfer's tier after a later event, and with it the tier of its case and of the customer's next
    transfers."""
    file.put(replace(transfer, tier=tier))
    file.note("tier_raised", "bank", transfer=transfer.id, before=transfer.tier, after=tier)
    if TIER_RANK[tier] < TIER_RANK[file.case.tier]:
        file.change(tier=tier)
        hurry(file)
        set_ladder(file)
    remember_tier(file, tier)
    if transfer.state is TransferState.ALLOWED:
        tell_of_raised(file, transfer)
