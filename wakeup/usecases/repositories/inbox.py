"""Repositories of accepted messages and of customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.ids import CustomerId, TransferId
from wakeup.usecases.records import Customer, EarlyNews, EventIds, KnownEvent, RiskEventRecord


class Inbox(Protocol):
    """Accepted messages, kept permanently so that a repeat is recognised."""

    def body_hash(self, client: str, webhook_id: str) -> str | None:
        """Return the body hash this message came with; None if it is new."""

    def add_message(self, client: str, webhook_id: str, body_hash: str, now: datetime) -> None:
        """Record a new message."""

    def look_up(self, sought: EventIds) -> KnownEvent:
        """Look up all identifiers of a risk event in one query: most events are about unknown customers and
        transfers."""

    def add_event(self, record: RiskEventRecord) -> None: ...

    def add_news_id(self, event_id: str, content_hash: str, now: datetime) -> str | None:
        """Record the id of a transfer event or label. Returns the earlier content hash if the id is known."""

    def keep_early(self, news: EarlyNews) -> None: ...
    def pop_early(self, transfer_id: TransferId) -> Sequence[EarlyNews]: ...


class Customers(Protocol):
    def is_known(self, customer_id: CustomerId) -> bool:
        """True if the customer exists. Locks nothing, because a customer's case is locked before the customer."""

    def lock(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer, its row locked."""

    def lock_if_free(self, customer_id: CustomerId) -> Customer | None:
        """Like `lock`, but returns None at once when another transaction holds the row."""

    def can_be_read(self, customer_id: CustomerId) -> bool:
        """False if the customer's key cannot be opened: it is damaged, or this process lacks its master key. Locks
        nothing."""

    def add(self, customer: Customer) -> None: ...
    def save(self, customer: Customer) -> None: ...
