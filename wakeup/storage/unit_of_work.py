"""The unit of work: every shelf on one connection inside one transaction. The only handle use cases get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from sqlalchemy import Connection

from wakeup.domain.policy import Policy
from wakeup.storage.prepared import Link
from wakeup.storage.safe import Safe
from wakeup.storage.shelves.agents import AgentShelf
from wakeup.storage.shelves.attempts import AttemptShelf
from wakeup.storage.shelves.bulk import BulkShelf
from wakeup.storage.shelves.call_ins import CallInShelf
from wakeup.storage.shelves.cases import CaseShelf, RecordShelf
from wakeup.storage.shelves.entry import EntryShelf
from wakeup.storage.shelves.guardians import GuardianShelf
from wakeup.storage.shelves.guests import GuestShelf
from wakeup.storage.shelves.hand_overs import HandOverShelf
from wakeup.storage.shelves.inbox import CustomerShelf, InboxShelf
from wakeup.storage.shelves.limits import BudgetShelf, RingingShelf, SenderShelf
from wakeup.storage.shelves.lines import LinesShelf, PlanShelf
from wakeup.storage.shelves.listeners import ListenerShelf
from wakeup.storage.shelves.outbox import DecisionShelf, OutboxShelf
from wakeup.storage.shelves.people import AdminShelf, StaffShelf
from wakeup.storage.shelves.recordings import RecordingShelf
from wakeup.storage.shelves.retention import RetentionShelf
from wakeup.storage.shelves.reviews import ReviewShelf
from wakeup.storage.shelves.rungs import RungShelf
from wakeup.storage.shelves.scripts import ScriptShelf
from wakeup.storage.shelves.talks import TalkShelf
from wakeup.storage.shelves.texts import ConfirmationShelf, DoNotCallShelf, TextShelf
from wakeup.storage.shelves.transfers import PartyShelf, TransferShelf
from wakeup.storage.shelves.views import ViewShelf
from wakeup.storage.shelves.waiting import WaitingShelf
from wakeup.storage.vault import Vault
from wakeup.usecases.shelves.correspondence import Letters
from wakeup.usecases.speaker import Speaker
from wakeup.usecases.unit import Ids

if TYPE_CHECKING:
    from wakeup.storage.shelves.erasure import ErasureShelf
    from wakeup.storage.shelves.leftovers import LeftoverShelf
    from wakeup.storage.shelves.wrapping import WrappingShelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What every unit of work of this process shares."""

    vault: Vault
    policy: Policy
    speaker: Speaker
    letters: Letters
    ids: Ids
    audit_key: bytes = field(repr=False)
    zones: Callable[[str], str] = lambda _: ""
    """By the numbering plan, which storage does not know."""


S = TypeVar("S")


class Shelf(Generic[S]):
    """A shelf that is put up when somebody first reaches for it: few use cases need many.

    As `functools.cached_property`, without its lock: a unit of work belongs to one thread.
    """

    def __init__(self, put_up: Callable[[SqlUnit], S]) -> None:
        self._put_up = put_up

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: SqlUnit, _owner: type | None = None) -> S:
        shelf = self._put_up(unit)
        unit.__dict__[self._name] = shelf
        return shelf


def _wrapping(unit: SqlUnit) -> WrappingShelf:
    from wakeup.storage.shelves.wrapping import WrappingShelf  # noqa: PLC0415 - reached for once a year

    return WrappingShelf(unit.link, unit.vault)


def _erasure(unit: SqlUnit) -> ErasureShelf:
    from wakeup.storage.shelves.erasure import ErasureShelf  # noqa: PLC0415 - reached for once a day

    return ErasureShelf(unit.link, unit.safe)


def _leftovers(unit: SqlUnit) -> LeftoverShelf:
    from wakeup.storage.shelves.leftovers import LeftoverShelf  # noqa: PLC0415 - reached for once an hour

    return LeftoverShelf(unit.link)


class SqlUnit:
    """Implements `usecases.unit.Unit`."""

    def __init__(self, connection: Connection, fittings: Fittings) -> None:
        self.connection = connection
        self.wakes: set[str] = set()
        self.policy = fittings.policy
        self.speaker = fittings.speaker
        self.letters = fittings.letters
        self.ids = fittings.ids
        self.vault = fittings.vault
        self.index = fittings.vault.index
        self.zones = fittings.zones
        self.audit_key = fittings.audit_key
        self.link = Link(connection)
        self.safe = Safe(self.link, fittings.vault)

    inbox = Shelf(lambda unit: InboxShelf(unit.link))
    customers = Shelf(lambda unit: CustomerShelf(unit.link, unit.safe))
    cases = Shelf(lambda unit: CaseShelf(unit.link))
    transfers = Shelf(lambda unit: TransferShelf(unit.link, unit.safe))
    parties = Shelf(lambda unit: PartyShelf(unit.link, unit.safe))
    attempts = Shelf(lambda unit: AttemptShelf(unit.link))
    rungs = Shelf(lambda unit: RungShelf(unit.link))
    ringings = Shelf(lambda unit: RingingShelf(unit.link))
    senders = Shelf(lambda unit: SenderShelf(unit.link))
    budgets = Shelf(lambda unit: BudgetShelf(unit.link))
    talks = Shelf(lambda unit: TalkShelf(unit.link, unit.safe))
    decisions = Shelf(lambda unit: DecisionShelf(unit.link))
    outbox = Shelf(lambda unit: OutboxShelf(unit.link, unit.safe))
    records = Shelf(lambda unit: RecordShelf(unit.link, unit.safe, unit.audit_key))
    lines = Shelf(lambda unit: LinesShelf(unit.link))
    plans = Shelf(lambda unit: PlanShelf(unit.link))
    waiting = Shelf(lambda unit: WaitingShelf(unit.link))
    scripts = Shelf(lambda unit: ScriptShelf(unit.link))
    staff = Shelf(lambda unit: StaffShelf(unit.link))
    reviews = Shelf(lambda unit: ReviewShelf(unit.link, unit.safe))
    admin = Shelf(lambda unit: AdminShelf(unit.link, unit.audit_key))
    views = Shelf(lambda unit: ViewShelf(unit.link))
    guardians = Shelf(lambda unit: GuardianShelf(unit.link, unit.safe))
    confirmations = Shelf(lambda unit: ConfirmationShelf(unit.link))
    texts = Shelf(lambda unit: TextShelf(unit.link, unit.safe))
    entry = Shelf(lambda unit: EntryShelf(unit.link, unit.vault))
    bulk = Shelf(lambda unit: BulkShelf(unit.link))
    do_not_call = Shelf(lambda unit: DoNotCallShelf(unit.link))
    agents = Shelf(lambda unit: AgentShelf(unit.link, unit.vault))
    hand_overs = Shelf(lambda unit: HandOverShelf(unit.link))
    listeners = Shelf(lambda unit: ListenerShelf(unit.link))
    guests = Shelf(lambda unit: GuestShelf(unit.link))
    recordings = Shelf(lambda unit: RecordingShelf(unit.link))
    retention = Shelf(lambda unit: RetentionShelf(unit.link))
    erasure = Shelf(_erasure)
    leftovers = Shelf(_leftovers)
    wrapping = Shelf(_wrapping)
    call_ins = Shelf(lambda unit: CallInShelf(unit.link))


MakeUnit: TypeAlias = Callable[[Connection], SqlUnit]


def unit_maker(fittings: Fittings) -> MakeUnit:
    """For the Store: a fresh unit on a connection."""
    return lambda connection: SqlUnit(connection, fittings)
