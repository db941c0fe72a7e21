"""Settle one case that is due: first apply the bank's news that was not applied yet, then decide."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.ids import CaseId
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.intake.news import apply_early_and_settle
from wakeup.usecases.unit import Unit


def settle_case(unit: Unit, case_id: CaseId, now: datetime) -> None:
    """Decide what is due or already clear in one case.

    On PostgreSQL an event and the news about its transfer may be taken at the same moment, and neither transaction
    sees the other. The news then waits although its transfer is known; it is applied here at the latest.
    """
    with CaseFile(unit, unit.cases.lock_if_free(case_id), now) as file:
        for transfer in file.transfers():
            apply_early_and_settle(file, transfer)
        settle_file(file)
