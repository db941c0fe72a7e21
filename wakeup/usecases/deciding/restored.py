"""Holds what an older copy of the database would release by itself after it was put back.

Warnings that came after the copy are lost, and the payment core may have newer decisions. So only humans release what
is open in the copy, and the core is told the hold under a number above any it may have.
"""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.ids import CaseId
from wakeup.usecases.case.customer import is_erased
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.case.guard import guard
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import repeat_hold
from wakeup.usecases.deciding.recall import recall
from wakeup.usecases.deciding.warning_after_allow import keep_in_queue
from wakeup.usecases.unit import Unit


def hold_restored(unit: Unit, case_id: CaseId, now: datetime) -> bool:
    """Hold every open transfer of the case, and recall what was allowed and is not acknowledged.

    A pending transfer stays pending: its calls go on. Returns True if anything was held; then the case waits for a
    human.
    """
    with CaseFile(unit, unit.cases.lock(case_id), now) as file:
        guard(file)
        # Nothing more is decided about an erased customer.
        if is_erased(file):
            return False
        for transfer in file.open_transfers():
            repeat_hold(file, transfer)
        recalled = recall(file)
        if recalled:
            keep_in_queue(file)
        held = bool(file.open_transfers())
        if held:
            escalate(file, within=unit.policy.messages.review_within)
    return held or recalled


def note_restored(unit: Unit, by: str, cases: int, now: datetime) -> None:
    """Record in the administration log that an older copy was put back, and in how many cases something was held."""
    unit.admin.add("copy_restored", by, now, cases=cases)
