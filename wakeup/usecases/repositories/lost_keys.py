"""Customers whose stored key cannot be opened, and how what was sealed under it is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wakeup.domain.ids import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class LostKey:
    """A customer's key that this process cannot open."""

    customer_id: CustomerId
    fault: str
    """`damaged`, or the id of the master key that it was wrapped with and that this process lacks."""
    unsettled: bool
    """The customer has a case that is not settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostKeys:
    """Those among some customers, in the order of their ids."""

    found: Sequence[LostKey]
    last: CustomerId | None
    """Customer after whom to continue; None if there are no more."""


class KeyLoss(Protocol):
    def find(self, after: str, limit: int) -> LostKeys:
        """Look at the keys of at most `limit` customers, beginning after the customer `after`."""

    def fault(self, customer_id: CustomerId) -> str | None:
        """Return why this customer's key cannot be opened, or None if it can. Of an unknown customer, None."""

    def replace(self, customer_id: CustomerId) -> None:
        """Give the customer a new key. What was sealed under the old one then says that it is unreadable, and what was
        spoken is deleted. The caller has locked all of the customer's cases, and the customer."""
