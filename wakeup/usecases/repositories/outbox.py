"""The repositories of decisions and of the messages that carry them to the payment core."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.ids import MessageId, TransferId
from wakeup.usecases.records import OutboxMessage


class Decisions(Protocol):
    def add(self, decision: Decision) -> None: ...
    def newest(self, transfer_id: TransferId) -> Decision | None: ...
    def was_let_go(self, transfer_id: TransferId) -> bool:
        """Whether any of its decisions was to allow it."""

    def number_new(self, limit: int) -> Sequence[tuple[Ruling, str]]:
        """Give committed decisions their position in the feed; answers ruling and reason of each that got one."""

    def after(self, position: int, limit: int) -> Sequence[tuple[int, Decision]]: ...


class Outbox(Protocol):
    def add(self, message: OutboxMessage) -> None:
        """Queue the message; older undelivered ones of the same transfer are superseded."""

    def get(self, message_id: MessageId) -> OutboxMessage | None:
        """Its row locked: a newer decision may be about to supersede it."""

    def newest(self, transfer_id: TransferId) -> OutboxMessage | None:
        """Of this transfer, its row locked: the payment core may be answering it."""

    def in_doubt(self, transfer_id: TransferId) -> bool:
        """It is held or refused, was allowed before, and the core has acknowledged nothing since."""

    def save(self, message: OutboxMessage) -> None: ...
    def due(self, now: datetime, limit: int, again: int) -> Sequence[OutboxMessage]:
        """First tries first, and at most `again` of what was tried before. Those that cannot be read among them."""

    def next_due(self) -> datetime | None: ...
    def most_late(self) -> datetime | None:
        """When the first of those that still have to arrive should have; or should, if none is late."""

    def listed(self, state: str | None, limit: int) -> Sequence[OutboxMessage]: ...
