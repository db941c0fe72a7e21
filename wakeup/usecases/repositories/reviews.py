"""Repository of what staff did on cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, CustomerId, EvidenceId, TransferId
from wakeup.domain.review import Approval, Review, ReviewAct
from wakeup.domain.transfer import Transfer


class Reviews(Protocol):
    """What staff did on cases. Acts are append-only."""

    def get(self, case_id: CaseId) -> Review | None: ...
    def add(self, review: Review) -> None: ...
    def save(self, review: Review) -> None: ...
    def add_act(self, act: ReviewAct) -> None: ...
    def acts(self, case_id: CaseId, customer_id: CustomerId) -> Sequence[ReviewAct]:
        """Return the acts oldest first. Words sealed under an earlier key are left out: the customer was erased, or
        that key was given up. Raises SealError if their present key cannot be opened."""

    def last_contact_at(self, case_id: CaseId, said: EvidenceId | None = None) -> datetime | None:
        """Return when a staff member last talked to the customer, or recorded that this is not needed.

        A release counts once staff have released each transfer of the case that was open when the customer called for
        help: `said` is that evidence. Without it, each transfer of the case. The last record of a talk counts.
        """

    def reached_at(self, transfer: Transfer) -> datetime | None:
        """Return when a staff member last did something after which the customer no longer waits for a human about
        this transfer. Of the records of one talk the last one counts."""

    def asked(self, transfer_id: TransferId) -> Approval | None:
        """Return the one release request that waits for a second person, or None."""

    def add_approval(self, approval: Approval) -> None: ...
    def save_approval(self, approval: Approval) -> None: ...
    def day_of(self, transfer: Transfer, since: datetime) -> Sequence[tuple[Decimal | None, str]]:
        """Return amount and currency of this transfer, and of those of its customer that were flagged or allowed since
        then. The amounts of a case are unknown once the bank has named other values for one of its transfers."""

    def gone_elsewhere(self, case: Case, since: datetime) -> Sequence[CaseId]:
        """Return the customer's other cases in which money was released since then. Regardless of the time, also
        those in which the core has not acknowledged an allow, or its recall."""
