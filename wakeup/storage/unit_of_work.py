"""The unit of work: every shelf on one connection inside one transaction. The only handle use cases get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from wakeup.domain.policy import Policy
from wakeup.storage.attempts import AttemptShelf, LinesShelf
from wakeup.storage.cases import CaseShelf, RecordShelf
from wakeup.storage.inbox import CustomerShelf, InboxShelf
from wakeup.storage.outbox import DecisionShelf, OutboxShelf
from wakeup.storage.safe import Safe
from wakeup.storage.talks import TalkShelf
from wakeup.storage.transfers import PartyShelf, TransferShelf
from wakeup.storage.vault import Vault
from wakeup.usecases.speaker import Speaker
from wakeup.usecases.unit import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What every unit of work of this process shares."""

    vault: Vault
    policy: Policy
    speaker: Speaker
    ids: Ids
    audit_key: bytes = field(repr=False)


class SqlUnit:
    """Implements `usecases.unit.Unit`."""

    def __init__(self, connection: Connection, fittings: Fittings) -> None:
        self.connection = connection
        self.wakes: set[str] = set()
        self.policy = fittings.policy
        self.speaker = fittings.speaker
        self.ids = fittings.ids
        self._fittings = fittings

    def index(self, purpose: str, text: str) -> str:
        return self._fittings.vault.index(purpose, text)

    @cached_property
    def safe(self) -> Safe:
        return Safe(self.connection, self._fittings.vault)

    @cached_property
    def inbox(self) -> InboxShelf:
        return InboxShelf(self.connection)

    @cached_property
    def customers(self) -> CustomerShelf:
        return CustomerShelf(self.connection, self.safe)

    @cached_property
    def cases(self) -> CaseShelf:
        return CaseShelf(self.connection)

    @cached_property
    def transfers(self) -> TransferShelf:
        return TransferShelf(self.connection, self.safe)

    @cached_property
    def parties(self) -> PartyShelf:
        return PartyShelf(self.connection, self.safe)

    @cached_property
    def attempts(self) -> AttemptShelf:
        return AttemptShelf(self.connection)

    @cached_property
    def talks(self) -> TalkShelf:
        return TalkShelf(self.connection, self.safe)

    @cached_property
    def decisions(self) -> DecisionShelf:
        return DecisionShelf(self.connection)

    @cached_property
    def outbox(self) -> OutboxShelf:
        return OutboxShelf(self.connection, self.safe)

    @cached_property
    def records(self) -> RecordShelf:
        return RecordShelf(self.connection, self.safe, self._fittings.audit_key)

    @cached_property
    def lines(self) -> LinesShelf:
        return LinesShelf(self.connection)


def unit_maker(fittings: Fittings) -> Callable[[Connection], SqlUnit]:
    """For the Store: a fresh unit on a connection."""
    return lambda connection: SqlUnit(connection, fittings)
