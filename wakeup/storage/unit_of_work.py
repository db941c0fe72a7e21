"""The unit of work: every repository on one connection inside one transaction. The only handle use cases get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from sqlalchemy import Connection

from wakeup.domain.policy import Policy
from wakeup.storage.prepared import Link
from wakeup.storage.repositories.agents import SqlAgents
from wakeup.storage.repositories.attempts import SqlAttempts
from wakeup.storage.repositories.bulk import SqlBulk
from wakeup.storage.repositories.call_ins import SqlCallIns
from wakeup.storage.repositories.cases import SqlCases, SqlRecords, SqlRungs
from wakeup.storage.repositories.guardians import SqlGuardians
from wakeup.storage.repositories.hand_overs import SqlGuests, SqlHandOvers, SqlListeners
from wakeup.storage.repositories.inbox import SqlCustomers, SqlInbox
from wakeup.storage.repositories.limits import SqlBudgets, SqlRingings, SqlSenders
from wakeup.storage.repositories.lines import SqlAccountLines, SqlPlans
from wakeup.storage.repositories.openings import SqlOpenings
from wakeup.storage.repositories.outbox import SqlDecisions, SqlOutbox
from wakeup.storage.repositories.retention import SqlRecordings, SqlRetention
from wakeup.storage.repositories.reviews import SqlReviews
from wakeup.storage.repositories.scripts import SqlScripts
from wakeup.storage.repositories.sign_in import SqlSignIns
from wakeup.storage.repositories.staff import SqlAccounts, SqlAdminLog
from wakeup.storage.repositories.talks import SqlTalks
from wakeup.storage.repositories.texts import SqlConfirmations, SqlDoNotCall, SqlTexts
from wakeup.storage.repositories.transfers import SqlParties, SqlTransfers
from wakeup.storage.repositories.views import SqlViews
from wakeup.storage.repositories.waiting import SqlWaitingRoom
from wakeup.storage.sealer import Sealer
from wakeup.storage.vault import Vault
from wakeup.usecases.sms_templates import SmsTemplates
from wakeup.usecases.speaker import Speaker
from wakeup.usecases.unit import Ids

if TYPE_CHECKING:
    from wakeup.storage.repositories.erasure import SqlErasure
    from wakeup.storage.repositories.leftovers import SqlLeftovers
    from wakeup.storage.repositories.wrapping import SqlWrapping


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDependencies:
    """What all units of work of this process share."""

    vault: Vault
    policy: Policy
    speaker: Speaker
    sms_templates: SmsTemplates
    ids: Ids
    audit_key: bytes = field(repr=False)
    zones: Callable[[str], str] = lambda _: ""
    """Returns the time zones of a phone number by the numbering plan, which storage does not know."""


S = TypeVar("S")


class Repository(Generic[S]):
    """A repository created at its first use, because most use cases need only a few.

    Like `functools.cached_property` without its lock: a unit of work belongs to one thread.
    """

    def __init__(self, make: Callable[[SqlUnit], S]) -> None:
        self._make = make

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: SqlUnit, _owner: type | None = None) -> S:
        repository = self._make(unit)
        unit.__dict__[self._name] = repository
        return repository


def _wrapping(unit: SqlUnit) -> SqlWrapping:
    from wakeup.storage.repositories.wrapping import SqlWrapping  # noqa: PLC0415 - used about once a year

    return SqlWrapping(unit.link, unit.vault)


def _erasure(unit: SqlUnit) -> SqlErasure:
    from wakeup.storage.repositories.erasure import SqlErasure  # noqa: PLC0415 - used about once a day

    return SqlErasure(unit.link, unit.sealer)


def _leftovers(unit: SqlUnit) -> SqlLeftovers:
    from wakeup.storage.repositories.leftovers import SqlLeftovers  # noqa: PLC0415 - used about once an hour

    return SqlLeftovers(unit.link)


class SqlUnit:
    """Implements `usecases.unit.Unit`."""

    def __init__(self, connection: Connection, dependencies: UnitDependencies) -> None:
        self.connection = connection
        self.wakes: set[str] = set()
        self.policy = dependencies.policy
        self.speaker = dependencies.speaker
        self.sms_templates = dependencies.sms_templates
        self.ids = dependencies.ids
        self.vault = dependencies.vault
        self.index = dependencies.vault.index
        self.zones = dependencies.zones
        self.audit_key = dependencies.audit_key
        self.link = Link(connection)
        self.sealer = Sealer(self.link, dependencies.vault)

    inbox = Repository(lambda unit: SqlInbox(unit.link))
    customers = Repository(lambda unit: SqlCustomers(unit.link, unit.sealer))
    cases = Repository(lambda unit: SqlCases(unit.link))
    openings = Repository(lambda unit: SqlOpenings(unit.link, unit.sealer, unit.audit_key))
    transfers = Repository(lambda unit: SqlTransfers(unit.link, unit.sealer))
    parties = Repository(lambda unit: SqlParties(unit.link, unit.sealer))
    attempts = Repository(lambda unit: SqlAttempts(unit.link))
    rungs = Repository(lambda unit: SqlRungs(unit.link))
    ringings = Repository(lambda unit: SqlRingings(unit.link))
    senders = Repository(lambda unit: SqlSenders(unit.link))
    budgets = Repository(lambda unit: SqlBudgets(unit.link))
    talks = Repository(lambda unit: SqlTalks(unit.link, unit.sealer))
    decisions = Repository(lambda unit: SqlDecisions(unit.link))
    outbox = Repository(lambda unit: SqlOutbox(unit.link))
    records = Repository(lambda unit: SqlRecords(unit.link, unit.sealer, unit.audit_key))
    lines = Repository(lambda unit: SqlAccountLines(unit.link))
    plans = Repository(lambda unit: SqlPlans(unit.link))
    waiting = Repository(lambda unit: SqlWaitingRoom(unit.link))
    scripts = Repository(lambda unit: SqlScripts(unit.link))
    staff = Repository(lambda unit: SqlAccounts(unit.link))
    reviews = Repository(lambda unit: SqlReviews(unit.link, unit.sealer))
    admin = Repository(lambda unit: SqlAdminLog(unit.link, unit.audit_key))
    views = Repository(lambda unit: SqlViews(unit.link))
    guardians = Repository(lambda unit: SqlGuardians(unit.link, unit.sealer))
    confirmations = Repository(lambda unit: SqlConfirmations(unit.link))
    texts = Repository(lambda unit: SqlTexts(unit.link, unit.sealer))
    sign_ins = Repository(lambda unit: SqlSignIns(unit.link, unit.vault))
    bulk = Repository(lambda unit: SqlBulk(unit.link))
    do_not_call = Repository(lambda unit: SqlDoNotCall(unit.link))
    agents = Repository(lambda unit: SqlAgents(unit.link, unit.vault))
    hand_overs = Repository(lambda unit: SqlHandOvers(unit.link))
    listeners = Repository(lambda unit: SqlListeners(unit.link))
    guests = Repository(lambda unit: SqlGuests(unit.link))
    recordings = Repository(lambda unit: SqlRecordings(unit.link))
    retention = Repository(lambda unit: SqlRetention(unit.link))
    erasure = Repository(_erasure)
    leftovers = Repository(_leftovers)
    wrapping = Repository(_wrapping)
    call_ins = Repository(lambda unit: SqlCallIns(unit.link))


MakeUnit: TypeAlias = Callable[[Connection], SqlUnit]


def unit_maker(dependencies: UnitDependencies) -> MakeUnit:
    """Return the function with which the Store makes a new unit of work on a connection."""
    return lambda connection: SqlUnit(connection, dependencies)
