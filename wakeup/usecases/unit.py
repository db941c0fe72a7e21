"""The unit of work as the use cases see it: repositories inside one transaction. `storage` implements it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.attempt import Attempt
from wakeup.domain.case import Case
from wakeup.domain.ids import (
    AttemptId,
    CaseId,
    CustomerId,
    PartyId,
    TransferId,
)
from wakeup.domain.outcome import Evidence
from wakeup.domain.party import Party, Role
from wakeup.domain.policy import Policy
from wakeup.domain.transfer import Transfer
from wakeup.usecases.records import (
    CallEvent,
    Customer,
    EarlyNews,
    Known,
    Label,
    Note,
    RiskEventRecord,
    RungRecord,
    Sought,
    SpokenTurn,
    Talk,
)
from wakeup.usecases.repositories.correspondence import Correspondence
from wakeup.usecases.repositories.limits import Budgets, Ringings, Senders
from wakeup.usecases.repositories.outbox import Decisions, Outbox
from wakeup.usecases.repositories.reviews import PeopleUnit
from wakeup.usecases.repositories.waiting import LinesRow, Plans, WaitingRoom
from wakeup.usecases.speaker import Scripts, Speaker

ALL_DIGITS = "0123456789"


class Ids(Protocol):
    """Source of ids and call codes; seeded in tests."""

    def new(self, prefix: str) -> str: ...
    def digits(self, count: int, among: str = ALL_DIGITS) -> str: ...


class Inbox(Protocol):
    """Accepted messages, kept permanently so that a repeat is recognised."""

    def body_hash(self, client: str, webhook_id: str) -> str | None:
        """Return the body hash this message came with; None if it is new."""

    def add_message(self, client: str, webhook_id: str, body_hash: str, now: datetime) -> None:
        """Record a new message."""

    def look_up(self, sought: Sought) -> Known:
        """Look up all identifiers of a risk event in one query: most events are about unknown customers and
        transfers."""

    def add_event(self, record: RiskEventRecord) -> None: ...

    def add_news_id(self, event_id: str, content_hash: str, now: datetime) -> str | None:
        """Record the id of a transfer event or label. Returns the earlier content hash if the id is known."""

    def keep_early(self, news: EarlyNews) -> None: ...
    def take_early(self, transfer_id: TransferId, since: datetime) -> Sequence[EarlyNews]: ...


class Customers(Protocol):
    def is_known(self, customer_id: CustomerId) -> bool:
        """True if the customer exists. Locks nothing, because a customer's case is locked before the customer."""

    def get(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer, its row locked."""

    def lock_if_free(self, customer_id: CustomerId) -> Customer | None:
        """Like `get`, but returns None at once when another transaction holds the row."""

    def add(self, customer: Customer) -> None: ...
    def save(self, customer: Customer) -> None: ...


class Cases(Protocol):
    def lock(self, case_id: CaseId) -> Case:
        """Return the case, its row locked until the end of the transaction. Raises NotFoundError."""

    def lock_if_free(self, case_id: CaseId) -> Case:
        """Like `lock`, for callers that can retry soon: raises LockedError at once when another transaction holds
        the row."""

    def lock_of(self, attempt_id: AttemptId) -> Case | None:
        """Return the case of an attempt, its row locked; None when there is no such attempt."""

    def lock_unsettled(self, customer_id: CustomerId) -> Sequence[Case]:
        """Return the customer's open case and those in review, their rows locked in the order of their ids."""

    def add(self, case: Case) -> None: ...
    def save(self, case: Case) -> None: ...
    def save_head(self, case: Case) -> None:
        """Save a case of which only the timeline's head changed."""

    def to_climb(self, now: datetime, limit: int) -> Sequence[CaseId]:
        """Return cases whose next rung is due, the longest due first."""

    def next_climb(self, now: datetime) -> datetime | None:
        """Return when the first rung after now falls due."""


class Transfers(Protocol):
    def get(self, transfer_id: TransferId) -> Transfer | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Transfer]: ...
    def add(self, transfer: Transfer, payee: Mapping[str, str | None]) -> None: ...
    def save(self, transfer: Transfer) -> None: ...
    def payee(self, transfer: Transfer) -> Mapping[str, str | None]: ...
    def cases_due(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, datetime]]:
        """Return cases in which a transfer must be decided now, oldest due first, each with the time since when its
        first transfer is due."""

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the first transfer after now must be decided."""

    def amounts(
        self, customer_id: CustomerId, payee_index: str, since: datetime
    ) -> Sequence[tuple[Decimal, str, datetime]]:
        """Return (amount, currency, flagged_at) of all transfers since then by this customer, and by anybody to
        that payee."""

    def guarded_beside(self, transfer: Transfer) -> bool:
        """True if another guarded transfer of the same customer concerns this one: it came later than this one, or
        may have been open when this one came, and we had not allowed it before that."""


class Parties(Protocol):
    def get(self, party_id: PartyId, customer_id: CustomerId) -> Party: ...
    def role_of(self, party_id: PartyId) -> Role:
        """Return a party's role without decrypting anything. Raises NotFoundError."""

    def of_case(self, case: Case) -> Sequence[Party]: ...
    def add(self, parties: Iterable[Party], customer_id: CustomerId) -> None: ...
    def numbers(self, case_id: CaseId) -> Collection[str]:
        """Return the keyed hashes of the numbers of all parties of the case except agents."""

    def guardian_named_with(self, customer_id: CustomerId, bank_id: str) -> Mapping[str, datetime]:
        """Return the numbers (keyed hashes) under which risk events have named this guardian of the customer, and
        since when."""

    def guardian_stopped(self, customer_id: CustomerId, number_index: str) -> bool:
        """True if this guardian said in a call, about any case of this customer, that they want no more of these
        calls."""

    def bar(self, party_id: PartyId, why: str) -> None:
        """Exclude this guardian from the case, for the reason `why`."""

    def silence(self, party_id: PartyId) -> None:
        """Stop ringing this party's number."""


class Attempts(Protocol):
    def get(self, attempt_id: AttemptId) -> Attempt:
        """Return the attempt. Raises NotFoundError."""

    def of_case(self, case_id: CaseId) -> Sequence[Attempt]:
        """Return the case's attempts, oldest first."""

    def by_sid(self, call_sid: str) -> Attempt | None: ...
    def add(self, attempt: Attempt, now: datetime) -> None: ...
    def save(self, attempt: Attempt) -> None: ...
    def lines_in_use(self) -> int:
        """Return the number of calls that may exist, including those about to be posted."""

    def number_is_live(self, number_index: str) -> bool: ...
    def to_check(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return attempts to check with the provider: expired leases, unknown calls, missing final statuses."""

    def next_check(self) -> datetime | None: ...
    def check_all_of(self, node: str, now: datetime) -> int:
        """Make all attempts this node had under way due for a check. Returns their number."""

    def rung_since(self, number_index: str, since: datetime) -> int: ...
    def live_of_customer(self, customer_id: CustomerId) -> Attempt | None:
        """Return the live call to one of the customer's own numbers; calls to guardians do not count."""


class Rungs(Protocol):
    def of_case(self, case_id: CaseId) -> Sequence[RungRecord]:
        """Return the rungs that were taken or skipped, in the order in which that happened."""

    def add(self, record: RungRecord) -> None: ...


class Talks(Protocol):
    def get(self, attempt_id: AttemptId, customer_id: CustomerId) -> Talk | None: ...
    def add(self, talk: Talk) -> None: ...
    def save(self, talk: Talk) -> None: ...
    def turn(self, attempt_id: AttemptId, customer_id: CustomerId, n: int) -> SpokenTurn | None: ...
    def add_turn(self, turn: SpokenTurn) -> None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Talk]:
        """Return the case's conversations, oldest first, without locking. Raises NotFoundError when there is no
        such case."""

    def turns(self, attempt_id: AttemptId, customer_id: CustomerId) -> Sequence[SpokenTurn]:
        """Return the turns in the order they were served."""

    def steps(self, after: tuple[CaseId, int], limit: int) -> Sequence[tuple[CaseId, int, datetime, Note]]:
        """Return timeline rows about conversations begun and turns taken, ordered by case and number, starting
        after `after`."""

    def add_evidence(self, evidence: Evidence, case_id: CaseId) -> None: ...
    def evidence(self, case: Case, since: datetime) -> Sequence[tuple[CaseId, Evidence]]:
        """Return this case's evidence, and that of the customer's other cases from `since` on, oldest first."""


class Records(Protocol):
    """Append-only records: the timeline, the provider's call events, the later truth."""

    def extend(self, case: Case, notes: Sequence[Note], now: datetime) -> Case:
        """Append notes to the case's timeline. Returns the case with its new head."""

    def call_event(self, event: CallEvent) -> bool:
        """Store a call event. Returns False if the same event was stored before, or its customer has been erased."""

    def label(self, label: Label) -> None: ...


class Unit(PeopleUnit, Correspondence, Protocol):
    """One transaction. `wakes` names what to wake after its commit."""

    wakes: set[str]

    @property
    def policy(self) -> Policy: ...
    @property
    def speaker(self) -> Speaker: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def transfers(self) -> Transfers: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def rungs(self) -> Rungs: ...
    @property
    def ringings(self) -> Ringings: ...
    @property
    def senders(self) -> Senders: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def talks(self) -> Talks: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def records(self) -> Records: ...
    @property
    def lines(self) -> LinesRow: ...
    @property
    def plans(self) -> Plans: ...
    @property
    def waiting(self) -> WaitingRoom: ...
    @property
    def scripts(self) -> Scripts: ...

    def index(self, purpose: str, text: str) -> str:
        """Return the keyed hash under which a number or account can be looked up."""

    @property
    def zones(self) -> Callable[[str], str]:
        """Function that returns the IANA time zones in which a number in E.164 form may be, separated by spaces, by
        the numbering plan."""
