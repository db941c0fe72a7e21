"""Repository of requests to release many transfers at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.bulk import BulkRelease, BulkReleaseItem
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import Tier, Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkMember:
    """One transfer of a bulk release, as staff see it before they release it."""

    transfer_id: TransferId
    case_id: CaseId
    tier: Tier
    """The higher one of transfer and case."""
    amount: Decimal
    currency: str
    done_at: datetime | None = None
    left_out: str | None = None
    """Why it was not released after all."""


class Bulk(Protocol):
    """Requests to release many transfers at once, and what became of each transfer."""

    def held(self, model: str, since: datetime, until: datetime, limit: int) -> Sequence[Transfer]:
        """Return the transfers that this model flagged in the span and that are on hold now, by case."""

    def models(self) -> Sequence[str]:
        """Return the models of which any flagged transfer is on hold."""

    def lock(self, wish_id: str) -> BulkRelease | None:
        """Return the request, with its row locked."""

    def newest(self, limit: int) -> Sequence[BulkRelease]: ...
    def add(self, wish: BulkRelease) -> None: ...
    def save(self, wish: BulkRelease) -> None: ...
    def members(self, wish_id: str) -> Sequence[BulkReleaseItem]:
        """Return the members by case."""

    def listed(self, wish_id: str) -> Sequence[BulkMember]:
        """Return the members for display, by case."""

    def waiting(self, now: datetime) -> int:
        """Return how many requests wait for a second person and have not expired."""

    def add_member(self, member: BulkReleaseItem) -> None: ...
    def save_member(self, member: BulkReleaseItem) -> None: ...
