"""Repositories for the last checks before a call. `storage` implements them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from wakeup.domain.ids import CustomerId


class Ringings(Protocol):
    """Earlier calls to a number or a customer, whichever case they were for."""

    def ended_since(self, number_index: str, since: datetime) -> datetime | None:
        """Return when the last call to this number ended, if that was after `since`."""

    def of_person(self, customer_id: CustomerId, since: datetime) -> int:
        """Return how often this customer was called since, on all of their own numbers."""

    def person_is_live(self, customer_id: CustomerId) -> bool:
        """True if a call to this customer may exist, on any of their own numbers."""


class Senders(Protocol):
    """Our own numbers from which the provider refused calls."""

    def resting(self, now: datetime) -> Mapping[str, datetime]:
        """Return number -> until when it rests."""

    def rest(self, number: str, until: datetime, why: str) -> None: ...


class Budgets(Protocol):
    def take(self, region: str, now: datetime, most: int) -> bool:
        """Use one of the region's calls in the hour that ends now. Returns False, and changes nothing, if `most`
        were used."""

    def free_at(self, region: str, now: datetime) -> datetime:
        """Return when the first used call leaves the hour; one hour from now if none was used."""

    def used(self, region: str, now: datetime) -> int:
        """Return the number of calls used in the hour that ends now."""

    def give_back(self, region: str, at: datetime) -> None:
        """Undo the call that was taken at `at`; it was not used."""
