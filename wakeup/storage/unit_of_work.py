"""The unit of work: every shelf on one connection inside one transaction. The only handle use cases get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from sqlalchemy import Connection

from wakeup.domain.policy import Policy
from wakeup.storage.agents import AgentShelf
from wakeup.storage.attempts import AttemptShelf
from wakeup.storage.bulk import BulkShelf
from wakeup.storage.call_ins import CallInShelf
from wakeup.storage.cases import CaseShelf, RecordShelf
from wakeup.storage.entry import EntryShelf
from wakeup.storage.guardians import GuardianShelf
from wakeup.storage.guests import GuestShelf
from wakeup.storage.hand_overs import HandOverShelf
from wakeup.storage.inbox import CustomerShelf, InboxShelf
from wakeup.storage.limits import BudgetShelf, RingingShelf, SenderShelf
from wakeup.storage.lines import LinesShelf, PlanShelf
from wakeup.storage.listeners import ListenerShelf
from wakeup.storage.outbox import DecisionShelf, OutboxShelf
from wakeup.storage.people import AdminShelf, StaffShelf
from wakeup.storage.prepared import Link
from wakeup.storage.recordings import RecordingShelf
from wakeup.storage.retention import RetentionShelf
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

if TYPE_CHECKING:
    from wakeup.storage.erasure import ErasureShelf
    from wakeup.storage.leftovers import LeftoverShelf
    from wakeup.storage.wrapping import WrappingShelf


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
    from wakeup.storage.wrapping import WrappingShelf  # noqa: PLC0415 - reached for once a year

    return WrappingShelf(unit.link, unit.vault)


def _erasure(unit: SqlUnit) -> ErasureShelf:
    from wakeup.storage.erasure import ErasureShelf  # noqa: PLC0415 - reached for once a day

    return ErasureShelf(unit.link, unit.safe)


def _leftovers(unit: SqlUnit) -> LeftoverShelf:
    from wakeup.storage.leftovers import LeftoverShelf  # noqa: PLC0415 - reached for once an hour

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
