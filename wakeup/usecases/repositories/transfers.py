"""Repositories of transfers and of the parties of a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, CustomerId, PartyId, TransferId
from wakeup.domain.party import Party, Payee, Role
from wakeup.domain.transfer import Transfer


class Transfers(Protocol):
    def get(self, transfer_id: TransferId) -> Transfer | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Transfer]: ...
    def add(self, transfer: Transfer, payee: Payee) -> None: ...
    def save(self, transfer: Transfer) -> None: ...
    def payee(self, transfer: Transfer) -> Payee:
        """Raises NotFoundError if the customer was erased."""

    def cases_due(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, datetime]]:
        """Return cases in which a transfer must be decided now, oldest due first, each with the time since when its
        first transfer is due."""

    def undecided_since(self, at: datetime) -> int:
        """Return how many transfers should have been decided before `at` and are not."""

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the first transfer after now must be decided."""

    def amounts(
        self, customer_id: CustomerId, payee_index: str, since: datetime
    ) -> Sequence[tuple[Decimal, str, datetime]]:
        """Return (amount, currency, flagged_at) of all transfers since then by this customer, and by anybody to
        that payee."""

    def newest_at(self, customer_id: CustomerId) -> datetime | None:
        """Return when the customer's newest transfer was flagged."""

    def guarded_beside(self, transfer: Transfer) -> bool:
        """True if another guarded transfer of the same customer concerns this one: it came later than this one, or
        may have been open when this one came, and we had not allowed it before that."""


class Parties(Protocol):
    def get(self, party_id: PartyId, customer_id: CustomerId) -> Party: ...
    def role_of(self, party_id: PartyId) -> Role:
        """Return a party's role without decrypting anything. Raises NotFoundError."""

    def of_case(self, case: Case) -> Sequence[Party]: ...
    def add(self, parties: Iterable[Party], customer_id: CustomerId) -> None: ...
    def numbers(self, case_id: CaseId) -> Collection[str]:
        """Return the keyed hashes of the numbers of all parties of the case except agents."""

    def guardian_named_with(self, customer_id: CustomerId, bank_id: str) -> Mapping[str, datetime]:
        """Return the numbers (keyed hashes) under which risk events have named this guardian of the customer, and
        since when."""

    def guardian_stopped(self, customer_id: CustomerId, number_index: str) -> bool:
        """True if this guardian said in a call, about any case of this customer, that they want no more of these
        calls."""

    def bar(self, party_id: PartyId, why: str) -> None:
        """Exclude this guardian from the case, for the reason `why`."""

    def silence(self, party_id: PartyId) -> None:
        """Stop ringing this party's number."""
