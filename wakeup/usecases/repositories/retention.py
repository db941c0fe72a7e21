"""Repositories of retention, erasure and export: how long customers' data is kept, what forbids its deletion, and
all of it in one piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, CustomerId, GuardianId


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
    """The payment core has not received a decision, and its body is sealed under the customer's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """While it stands, nothing of this customer is deleted."""

    customer_id: CustomerId
    since: datetime
    by: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A settled case."""

    case_id: CaseId
    customer_id: CustomerId
    settled_at: datetime
    words_gone: bool = False
    """True if what was said in the case is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Every row that belongs to a customer, by table, decrypted."""

    customer_id: CustomerId
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(repr=False)


class Retention(Protocol):
    """Changed only by a transaction that has locked the case, or all of the customer's cases."""

    def begin(self, case: Case, now: datetime) -> None:
        """Start the retention period: the case is settled."""

    def stop(self, case_id: CaseId) -> None:
        """Stop the retention period: the case was reopened."""

    def get(self, case_id: CaseId) -> Settled | None: ...
    def with_words(self, before: datetime, limit: int) -> Sequence[CaseId]:
        """Return cases settled by then whose words are still stored and which are under no legal hold, the longest
        settled first."""

    def done_with(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        """Return customers under no legal hold whose last case was settled by then, and none of whose guardians is
        newer."""

    def listed_since(self, customer_id: CustomerId, before: datetime) -> bool:
        """True if one of the customer's guardians was enrolled or agreed after `before`."""

    def oldest(self, *, words_gone: bool) -> datetime | None:
        """Return when the case was settled whose turn comes next, leaving out legal holds."""

    def legal_hold(self, customer_id: CustomerId) -> LegalHold | None: ...
    def hold(self, hold: LegalHold) -> bool:
        """Place a legal hold. Returns False if there is one already."""

    def lift(self, customer_id: CustomerId) -> bool:
        """End the legal hold. Returns False if there is none."""


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


class Leftovers(Protocol):
    """Data that no case's end would ever delete."""

    def without_cases(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        """Return customers under no legal hold who never had a case, were last heard of by then, and whose
        guardians are no newer."""

    def to_empty(self, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        """Return removed guardians whose numbers are still stored and needed by no case."""

    def is_needed(self, customer_id: CustomerId, guardian_id: GuardianId) -> bool:
        """True if a case or a legal hold still needs this guardian."""

    def prune_strangers(self, before: datetime, limit: int) -> int:
        """Delete SMS from unknown senders that arrived by then. Returns how many were deleted, at most `limit`."""

    def prune_early_news(self, before: datetime, limit: int) -> int:
        """Delete news that arrived by then for transfers that never did. Returns how many were deleted."""

    def prune_call_ins(self, before: datetime) -> int:
        """Delete announced calls that were accepted until then, except those under a legal hold."""
