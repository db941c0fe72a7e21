"""Apply the warnings in one risk event to the customer's other cases, in which something may still be on hold."""

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
    """Raise the tier of the customer's other open cases (given locked) to at least that of this event, and doubt
    there what the event doubts. What is cooling there, or waits for one supervisor's approval, is then judged by
    the new state when its time comes."""
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
