"""Repository of erasure and export: what forbids erasing a customer, and all of their data in one piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, CustomerId


class Obstacle(StrEnum):
    """Why a customer cannot be erased now."""

    LEGAL_HOLD = "legal_hold"
    CASE_NOT_SETTLED = "case_not_settled"
    CALL_NOT_OVER = "call_not_over"
    TEXT_NOT_OVER = "text_not_over"
    """It was handed to the provider, and its result is not known yet."""
    GUARDIAN_MAY_ANSWER = "guardian_may_answer"
    """A transfer was allowed, and the guardian asked about it may still reply that they are worried; then staff
    call the bank."""
    SHAKEN = "shaken"
    """The customer was dissuaded some days ago: their new transfers are raised one tier as long as we remember
    that."""
    MESSAGE_NOT_DELIVERED = "message_not_delivered"
    """The payment core has not received a decision, and an allow may still have to be recalled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Every row that belongs to a customer, by table, decrypted."""

    customer_id: CustomerId
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(repr=False)


class Erasure(Protocol):
    """Changed only by a transaction that has locked the case, or all of the customer's cases."""

    def delete_words(self, case_id: CaseId) -> None:
        """Delete what was said and written in this case, and what the provider reported."""

    def lock_cases(self, customer_id: CustomerId) -> Sequence[Case]:
        """Return all cases of the customer, with their rows locked in the order of their ids."""

    def lock_customer(self, customer_id: CustomerId) -> bool:
        """Lock the customer, after their cases. Returns False if there is no customer with this id. The customer's
        key need not be readable."""

    def obstacles(self, customer_id: CustomerId, now: datetime) -> Sequence[tuple[Obstacle, str]]:
        """Return what forbids erasing the customer, each with the id of the case, call, SMS or message."""

    def is_left(self, customer_id: CustomerId, at: datetime) -> bool:
        """True if data exists that an erasure at that time deleted: the database is an older copy."""

    def erase(self, customer_id: CustomerId, now: datetime) -> int:
        """Destroy the customer's key and everything that finds or names them. Queued SMS are not sent. Returns how
        many recordings are to be deleted now."""

    def dossier(self, customer_id: CustomerId) -> Dossier: ...
