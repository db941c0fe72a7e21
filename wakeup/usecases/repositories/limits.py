"""What the last checks before a ringing look up, as repositories. `storage` implements them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from wakeup.domain.ids import CustomerId


class Ringings(Protocol):
    """What happened on a number or to a person before, whichever case it was for."""

    def ended_since(self, number_index: str, since: datetime) -> datetime | None:
        """When the last call to this number ended, if that was after `since`."""

    def of_person(self, customer_id: CustomerId, since: datetime) -> int:
        """How often this customer was rung, on all of their own numbers."""

    def person_is_live(self, customer_id: CustomerId) -> bool:
        """Whether a call to this customer may exist, on any of their own numbers."""


class Senders(Protocol):
    """Our own numbers that the provider refused to call from."""

    def resting(self, now: datetime) -> Mapping[str, datetime]:
        """Number -> until when it rests."""

    def rest(self, number: str, until: datetime, why: str) -> None: ...


class Budgets(Protocol):
    def take(self, region: str, now: datetime, most: int) -> bool:
        """Use one of the region's calls of the hour that ends now; False, and nothing changed, if `most` were used."""

    def free_at(self, region: str, now: datetime) -> datetime:
        """When the first of the calls that were used leaves the hour; an hour ahead if none was."""

    def used(self, region: str, now: datetime) -> int:
        """Calls of the hour that ends now."""

    def give_back(self, region: str, at: datetime) -> None:
        """The call that was taken then was not used."""
