"""What is kept of customers beyond their cases: until when, what forbids to forget it, and all of it in one piece."""

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
    """It was handed to the provider, and nobody knows yet what became of it."""
    GUARDIAN_MAY_ANSWER = "guardian_may_answer"
    """A payment went out, and who was asked about it may still be worried: then somebody rings the bank."""
    SHAKEN = "shaken"
    """Somebody talked them out of it days ago: what they send now stands one tier higher, as long as we remember."""
    MESSAGE_NOT_DELIVERED = "message_not_delivered"
    """The payment core has not been told a decision, and its words lie under the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """Nothing of this customer is deleted while it stands."""

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
    """What was said in it is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Every row that belongs to a customer, by table, opened."""

    customer_id: CustomerId
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(repr=False)


class Retention(Protocol):
    """Changed by whoever has locked the case, or all of the customer's."""

    def begin(self, case: Case, now: datetime) -> None:
        """The case is settled."""

    def stop(self, case_id: CaseId) -> None:
        """It is looked at again."""

    def get(self, case_id: CaseId) -> Settled | None: ...
    def with_words(self, before: datetime, limit: int) -> Sequence[CaseId]:
        """Cases settled by then whose words are still kept and under no legal hold, the longest settled first."""

    def done_with(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        """Customers under no legal hold whose last case was settled by then, and none of whose guardians is newer."""

    def listed_since(self, customer_id: CustomerId, before: datetime) -> bool:
        """Whether one of their guardians is newer, or agreed later."""

    def oldest(self, *, words_gone: bool) -> datetime | None:
        """Since when the case is settled whose turn comes next; legal holds apart."""

    def legal_hold(self, customer_id: CustomerId) -> LegalHold | None: ...
    def hold(self, hold: LegalHold) -> bool:
        """False if one stands already."""

    def lift(self, customer_id: CustomerId) -> bool:
        """False if none stands."""


class Erasure(Protocol):
    """Changes by whoever has locked the case, or all of the customer's."""

    def delete_words(self, case_id: CaseId) -> None:
        """What was said and written in this case, and what the provider reported."""

    def lock_cases(self, customer_id: CustomerId) -> Sequence[Case]:
        """All of the customer's, their rows locked in the order of their ids."""

    def lock_customer(self, customer_id: CustomerId) -> bool:
        """After their cases. False if nobody is known by this id. Their key need not be readable."""

    def obstacles(self, customer_id: CustomerId, now: datetime) -> Sequence[tuple[Obstacle, str]]:
        """What stands against erasing them, each with the id of the case, call, text or message."""

    def is_left(self, customer_id: CustomerId, at: datetime) -> bool:
        """Whether anything of them is there that an erasure at that time has deleted: the database is an older copy."""

    def erase(self, customer_id: CustomerId, now: datetime) -> int:
        """Destroy their key and whatever finds or names them; texts that wait are not sent. Answers how many recordings
        are to be deleted now."""

    def dossier(self, customer_id: CustomerId) -> Dossier: ...


class Leftovers(Protocol):
    """What no case's end would ever delete."""

    def without_cases(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        """Customers under no legal hold who never had a case, were last heard of by then, and whose guardians are no
        newer."""

    def to_empty(self, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        """Guardians who were taken away, whose numbers are still kept and needed by no case."""

    def is_needed(self, customer_id: CustomerId, guardian_id: GuardianId) -> bool:
        """Whether a case or a legal hold still needs them."""

    def prune_strangers(self, before: datetime, limit: int) -> int:
        """Texts that came by then from whoever we do not know. Answers how many went, at most `limit`."""

    def prune_early_news(self, before: datetime, limit: int) -> int:
        """News that came by then, of transfers that never did."""

    def prune_call_ins(self, before: datetime) -> int:
        """Announced calls that were taken until then; those of a legal hold stay."""
