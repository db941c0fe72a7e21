"""Repository of guardians, with their consents and the changes that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wakeup.domain.guardian import Guardian
from wakeup.domain.ids import CustomerId, GuardianId


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of the consent history with a guardian: something agreed, or withdrawn. Kept for good."""

    customer_id: CustomerId
    guardian_id: GuardianId
    at: datetime
    kind: str
    """ward_agreed, ward_withdrew, guardian_agreed, invited, declined, paused, resumed, left, changed, removed."""
    by: str
    """bank, customer, guardian or system."""
    channel: str
    wording: str
    """The wording that they saw or heard: a template with its version, or the bank's own name for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one guardian by the bank that waits until its due time because a case is open."""

    customer_id: CustomerId
    guardian_id: GuardianId
    due_at: datetime
    wanted: str | None = field(repr=False)
    """The new entry as JSON; None removes the guardian."""


class Guardians(Protocol):
    def of_customer(self, customer_id: CustomerId) -> Sequence[Guardian]:
        """Return them by rank, the removed ones last."""

    def of_number(self, number_index: str) -> Sequence[Guardian]: ...
    def get(self, customer_id: CustomerId, guardian_id: GuardianId) -> Guardian | None: ...
    def add(self, guardian: Guardian) -> None: ...
    def save(self, guardian: Guardian) -> None: ...
    def consent(self, consent: Consent) -> None: ...
    def consents(self, customer_id: CustomerId, guardian_id: GuardianId) -> Sequence[Consent]: ...
    def wait(self, change: Change) -> None:
        """Store a change that waits. It replaces an earlier change of the same guardian."""

    def changes(self, customer_id: CustomerId) -> Sequence[Change]: ...
    def changes_due(self, now: datetime, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        """Return customer and guardian of each change that is due, the longest due first. Nothing is locked or
        decrypted."""

    def next_change(self) -> datetime | None: ...
    def forget_change(self, customer_id: CustomerId, guardian_id: GuardianId) -> None: ...
