"""The unit of work: every shelf on one connection inside one transaction. The only handle use cases get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection

from wakeup.domain.policy import Policy
from wakeup.storage.attempts import AttemptShelf
from wakeup.storage.bulk import BulkShelf
from wakeup.storage.cases import CaseShelf, RecordShelf
from wakeup.storage.guardians import GuardianShelf
from wakeup.storage.inbox import CustomerShelf, InboxShelf
from wakeup.storage.limits import BudgetShelf, RingingShelf, SenderShelf
from wakeup.storage.lines import LinesShelf, PlanShelf
from wakeup.storage.outbox import DecisionShelf, OutboxShelf
from wakeup.storage.people import AdminShelf, StaffShelf
from wakeup.storage.prepared import Link
from wakeup.storage.reviews import ReviewShelf
from wakeup.storage.rungs import RungShelf
from wakeup.storage.safe import Safe
from wakeup.storage.scripts import ScriptShelf
from wakeup.storage.talks import TalkShelf
from wakeup.storage.texts import ConfirmationShelf, DoNotCallShelf, TextShelf
from wakeup.storage.transfers import PartyShelf, TransferShelf
from wakeup.storage.vault import Vault
from wakeup.storage.views import ViewShelf
from wakeup.storage.waiting import WaitingShelf
from wakeup.usecases.correspondence import Letters
from wakeup.usecases.speaker import Speaker
from wakeup.usecases.unit import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What every unit of work of this process shares."""

    vault: Vault
    policy: Policy
    speaker: Speaker
    letters: Letters
    ids: Ids
    audit_key: bytes = field(repr=False)


class SqlUnit:
    """Implements `usecases.unit.Unit`."""

    def __init__(self, connection: Connection, fittings: Fittings) -> None:
        self.connection = connection
        self.wakes: set[str] = set()
        self.policy = fittings.policy
        self.speaker = fittings.speaker
        self.letters = fittings.letters
        self.ids = fittings.ids
        self.index = fittings.vault.index
        link = self._link = Link(connection)
        safe = Safe(link, fittings.vault)
        self.inbox = InboxShelf(link)
        self.customers = CustomerShelf(link, safe)
        self.cases = CaseShelf(link)
        self.transfers = TransferShelf(link, safe)
        self.parties = PartyShelf(link, safe)
        self.attempts = AttemptShelf(link)
        self.rungs = RungShelf(link)
        self.ringings = RingingShelf(link)
        self.senders = SenderShelf(link)
        self.budgets = BudgetShelf(link)
        self.talks = TalkShelf(link, safe)
        self.decisions = DecisionShelf(link)
        self.outbox = OutboxShelf(link, safe)
        self.records = RecordShelf(link, safe, fittings.audit_key)
        self.lines = LinesShelf(link)
        self.plans = PlanShelf(link)
        self.waiting = WaitingShelf(link)
        self.scripts = ScriptShelf(link)
        self.staff = StaffShelf(link)
        self.reviews = ReviewShelf(link, safe)
        self.admin = AdminShelf(link, fittings.audit_key)
        self.views = ViewShelf(link)
        self.guardians = GuardianShelf(link, safe)
        self.confirmations = ConfirmationShelf(link)
        self.texts = TextShelf(link, safe)
        self.do_not_call = DoNotCallShelf(link)

    @property
    def bulk(self) -> BulkShelf:
        """Made when it is asked for: hardly any unit needs it."""
        return BulkShelf(self._link)


MakeUnit: TypeAlias = Callable[[Connection], SqlUnit]


def unit_maker(fittings: Fittings) -> MakeUnit:
    """For the Store: a fresh unit on a connection."""
    return lambda connection: SqlUnit(connection, fittings)
