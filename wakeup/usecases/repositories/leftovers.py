"""Repository of the data that no case's end would delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.ids import CustomerId, GuardianId, PartyId


class Leftovers(Protocol):
    """Data that no case's end would ever delete."""

    def without_cases(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        """Return customers under no legal hold who never had a case, were last heard of by then, and whose
        guardians are no newer."""

    def to_empty(self, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        """Return removed guardians whose numbers are still stored and needed by no case."""

    def is_needed(self, customer_id: CustomerId, guardian_id: GuardianId) -> bool:
        """True if a case or a legal hold still needs this guardian."""

    def named_as(self, customer_id: CustomerId, guardian_id: GuardianId) -> Sequence[tuple[PartyId, str]]:
        """Return the parties as which this guardian was named in the customer's cases, with the keyed hash of the
        number of each."""

    def empty_party(self, party_id: PartyId, number_index: str) -> None:
        """Delete a party's number and name, and leave this keyed hash of the number."""

    def empty_texts(self, customer_id: CustomerId, guardian_id: GuardianId) -> None:
        """Delete number and words of the SMS that were sent to this guardian, also in the customer's cases."""

    def prune_strangers(self, before: datetime, limit: int) -> int:
        """Delete SMS from unknown senders that arrived by then. Returns how many were deleted, at most `limit`."""

    def prune_early_news(self, before: datetime, limit: int) -> int:
        """Delete news that arrived by then for transfers that never did. Returns how many were deleted."""

    def prune_call_ins(self, before: datetime) -> int:
        """Delete announced calls that were accepted until then, except those under a legal hold."""
