"""What the bank says with one payment reaches the person's other cases, where something may still be on hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wakeup.domain.case import Case, CaseState
from wakeup.domain.transfer import TIER_RANK, Tier
from wakeup.usecases.case.people import bar_linked, take_warnings
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import hurry_prompts
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.ladder.plan_calls import hurry
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.unit import Unit


def warn(unit: Unit, others: Iterable[Case], event: FlaggedTransfer, tier: Tier, now: datetime) -> None:
    """The customer's other cases that are not over, locked: each is as grave as this event, and doubts what it doubts.
    Whatever was cooling there, or waits for one person's word, is judged anew by that when its time comes."""
    for case in others:
        with CaseFile(unit, case, now) as file:
            if TIER_RANK[tier] < TIER_RANK[case.tier]:
                _raise(file, event, tier)
            take_warnings(file, event)
            bar_linked(file, event)


def _raise(file: CaseFile, event: FlaggedTransfer, tier: Tier) -> None:
    file.note("tier_raised", "bank", transfer=event.transfer_id, before=file.case.tier, after=tier)
    file.change(tier=tier)
    if file.case.state is CaseState.OPEN:
        hurry(file)
        set_ladder(file)
    else:
        hurry_prompts(file)
