"""Repository of requests to release many transfers at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.bulk import BulkRelease, BulkReleaseItem
from wakeup.domain.transfer import Transfer


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

    def add_member(self, member: BulkReleaseItem) -> None: ...
    def save_member(self, member: BulkReleaseItem) -> None: ...
