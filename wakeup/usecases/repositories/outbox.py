"""Repositories of decisions and of the messages that carry them to the payment core."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.ids import MessageId, TransferId
from wakeup.usecases.records import MessageState, OutboxMessage


class Decisions(Protocol):
    def add(self, decision: Decision) -> None: ...
    def newest(self, transfer_id: TransferId) -> Decision | None: ...
    def floor(self) -> int:
        """Return the number above which a new decision is numbered: 0, or after a restore one above every sequence
        that the payment core may have from the lost time."""

    def was_let_go(self, transfer_id: TransferId) -> bool:
        """True if any decision on this transfer was to allow it."""

    def number_new(self, limit: int) -> Sequence[tuple[Ruling, str]]:
        """Give committed decisions their position in the feed. Returns ruling and reason of each decision that got
        one."""

    def after(self, position: int, limit: int) -> Sequence[tuple[int, Decision]]: ...


class Outbox(Protocol):
    def add(self, message: OutboxMessage) -> None:
        """Queue the message. Older undelivered messages of the same transfer are superseded."""

    def lock(self, message_id: MessageId) -> OutboxMessage | None:
        """Return the message, with its row locked, because a newer decision may be about to supersede it."""

    def lock_newest(self, transfer_id: TransferId) -> OutboxMessage | None:
        """Return the newest message of this transfer, with its row locked, because the payment core may be
        answering it."""

    def newest_state(self, transfer_id: TransferId) -> MessageState | None:
        """Return the state of this transfer's newest message, without a lock."""

    def in_doubt(self, transfer_id: TransferId) -> bool:
        """True if the transfer is held or refused, was allowed before, and the core has acknowledged nothing since."""

    def save(self, message: OutboxMessage) -> None: ...
    def due(self, now: datetime, limit: int, again: int) -> Sequence[OutboxMessage]:
        """Return due messages: first tries first, then at most `again` that were tried before. Messages whose body
        cannot be decrypted are included."""

    def next_due(self) -> datetime | None: ...
    def most_late(self) -> datetime | None:
        """Return the earliest time at which an undelivered message should have arrived; if none is late, that time
        is still to come."""

    def dead(self) -> int:
        """Return the number of dead messages."""

    def dead_allows(self) -> Collection[MessageId]:
        """Return the dead messages that are not known to hold or refuse. The decision tells, not the body, which may
        not be readable here."""

    def listed(self, state: str | None, limit: int) -> Sequence[OutboxMessage]: ...
