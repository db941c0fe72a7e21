"""Repository of call attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import AttemptId, CaseId, CustomerId


class Attempts(Protocol):
    def get(self, attempt_id: AttemptId) -> Attempt:
        """Return the attempt. Raises NotFoundError."""

    def of_case(self, case_id: CaseId) -> Sequence[Attempt]:
        """Return the case's attempts, oldest first."""

    def by_sid(self, call_sid: str) -> Attempt | None: ...
    def add(self, attempt: Attempt, now: datetime) -> None: ...
    def save(self, attempt: Attempt) -> None: ...
    def lines_in_use(self) -> int:
        """Return the number of calls that may exist, including those about to be posted."""

    def number_is_live(self, number_index: str) -> bool: ...
    def to_check(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return attempts to check with the provider: expired leases, unknown calls, missing final statuses."""

    def next_check(self) -> datetime | None: ...
    def check_all_of(self, node: str, now: datetime) -> int:
        """Make all attempts this node had under way due for a check. Returns their number."""

    def rung_since(self, number_index: str, since: datetime) -> int: ...
    def lock_number(self, number_index: str) -> None:
        """Lock a number until the end of the transaction, so that the next transaction that counts its calls and SMS
        sees what this one adds. Only calls and SMS about to be posted do it, after every other lock they wait for."""

    def live_of_customer(self, customer_id: CustomerId) -> Attempt | None:
        """Return the live call to one of the customer's own numbers; calls to guardians do not count."""
