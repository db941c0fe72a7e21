"""Warnings that an event brings about transfers known before: a higher tier, a suspicious line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wakeup.domain.case import Case, CaseState
from wakeup.domain.errors import LockedError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.transfer import TIER_RANK, Tier, Transfer, TransferState
from wakeup.usecases.case.customer import remember_tier
from wakeup.usecases.case.parties import apply_warnings, bar_linked, doubt_line, suspicious_line
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import (
    LINE,
    RECOVERABLE_FOR,
    recall_after_doubted_number,
    recall_after_raised_tier,
)
from wakeup.usecases.guardians.ask_guardian import hurry_prompts
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.ladder.plan_calls import speed_up_calls
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.unit import Unit


def raise_tier(file: CaseFile, transfer: Transfer, tier: Tier) -> None:
    """Raise a transfer's tier after a later event, and with it the tier of its case and of the customer's next
    transfers."""
    file.put(replace(transfer, tier=tier))
    file.note("tier_raised", "bank", transfer=transfer.id, before=transfer.tier, after=tier)
    if TIER_RANK[tier] < TIER_RANK[file.case.tier]:
        file.update(replace(file.case, tier=tier))
        speed_up_calls(file)
        set_ladder(file)
    remember_tier(file, tier)
    if transfer.state is TransferState.ALLOWED:
        recall_after_raised_tier(file, transfer)


def warn(unit: Unit, others: Iterable[Case], event: FlaggedTransfer, tier: Tier, now: datetime) -> None:
    """Raise the tier of the customer's other open cases (given locked) to at least that of this event, and doubt
    there what the event doubts. What is cooling there, or waits for one supervisor's approval, is then judged by
    the new state when its time comes."""
    for case in others:
        with CaseFile(unit, case, now) as file:
            if TIER_RANK[tier] < TIER_RANK[case.tier]:
                _raise_case(file, event, tier)
            if apply_warnings(file, event):
                recall_after_doubted_number(file, TransferId(event.transfer_id))
            bar_linked(file, event)


def doubt_allowed_elsewhere(file: CaseFile, event: FlaggedTransfer) -> None:
    """Doubt what was allowed in the customer's other cases in the last day, if the event says that their line is
    suspicious. A case that another transaction has locked is not waited for, as in `alarm_after_allow`."""
    if not suspicious_line(event, file.unit.policy, file.now):
        return
    for case_id in file.unit.reviews.gone_elsewhere(file.case, file.now - RECOVERABLE_FOR):
        try:
            with CaseFile(file.unit, file.unit.cases.lock_if_free(case_id), file.now) as other:
                if doubt_line(other, event):
                    recall_after_doubted_number(other, TransferId(event.transfer_id))
        except LockedError:
            file.alarm(LINE, "bank", case=case_id)


def _raise_case(file: CaseFile, event: FlaggedTransfer, tier: Tier) -> None:
    file.note("tier_raised", "bank", transfer=event.transfer_id, before=file.case.tier, after=tier)
    file.update(replace(file.case, tier=tier))
    if file.case.state is CaseState.OPEN:
        speed_up_calls(file)
        set_ladder(file)
    else:
        hurry_prompts(file)
