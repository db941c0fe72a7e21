"""The unit of work as the use cases see it: repositories of records inside one transaction. `storage` implements it."""

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
    """Where ids and call codes come from; seeded in tests."""

    def new(self, prefix: str) -> str: ...
    def digits(self, count: int, among: str = ALL_DIGITS) -> str: ...


class Inbox(Protocol):
    """Messages we accepted, kept for good so that a repeat is recognised."""

    def body_hash(self, client: str, webhook_id: str) -> str | None:
        """With which body this message came; None for one that did not come yet."""

    def add_message(self, client: str, webhook_id: str, body_hash: str, now: datetime) -> None:
        """Remember a message that did not come yet."""

    def look_up(self, sought: Sought) -> Known:
        """All in one look: most events are of people and transfers nobody has heard of."""

    def add_event(self, record: RiskEventRecord) -> None: ...

    def add_news_id(self, event_id: str, content_hash: str, now: datetime) -> str | None:
        """Remember a transfer event or label. Answers the earlier content hash if the id is known."""

    def keep_early(self, news: EarlyNews) -> None: ...
    def take_early(self, transfer_id: TransferId, since: datetime) -> Sequence[EarlyNews]: ...


class Customers(Protocol):
    def is_known(self, customer_id: CustomerId) -> bool:
        """Nothing locked: a customer's case is locked before the customer."""

    def get(self, customer_id: CustomerId) -> Customer | None:
        """The customer, the row locked."""

    def lock_if_free(self, customer_id: CustomerId) -> Customer | None:
        """The same, and None at once when another transaction holds the row."""

    def add(self, customer: Customer) -> None: ...
    def save(self, customer: Customer) -> None: ...


class Cases(Protocol):
    def lock(self, case_id: CaseId) -> Case:
        """The case, its row locked until the end of the transaction. Raises NotFoundError."""

    def lock_if_free(self, case_id: CaseId) -> Case:
        """`lock` for whoever can come again soon. Raises LockedError at once when another transaction holds it."""

    def lock_of(self, attempt_id: AttemptId) -> Case | None:
        """The case of an attempt, its row locked; None when there is no such attempt."""

    def lock_unsettled(self, customer_id: CustomerId) -> Sequence[Case]:
        """The customer's open one and those in review, their rows locked in the order of their ids."""

    def add(self, case: Case) -> None: ...
    def save(self, case: Case) -> None: ...
    def save_head(self, case: Case) -> None:
        """Of a case that changed in nothing but its timeline."""

    def to_climb(self, now: datetime, limit: int) -> Sequence[CaseId]:
        """Cases whose next rung is due, the longest due first."""

    def next_climb(self, now: datetime) -> datetime | None:
        """After now."""


class Transfers(Protocol):
    def get(self, transfer_id: TransferId) -> Transfer | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Transfer]: ...
    def add(self, transfer: Transfer, payee: Mapping[str, str | None]) -> None: ...
    def save(self, transfer: Transfer) -> None: ...
    def payee(self, transfer: Transfer) -> Mapping[str, str | None]: ...
    def cases_due(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, datetime]]:
        """Cases in which a transfer must be decided now, and since when the first of each, oldest due first."""

    def next_due(self, now: datetime) -> datetime | None:
        """After now."""

    def amounts(
        self, customer_id: CustomerId, payee_index: str, since: datetime
    ) -> Sequence[tuple[Decimal, str, datetime]]:
        """(amount, currency, flagged_at) of what this customer, or anybody, sent to that payee since then."""

    def guarded_beside(self, transfer: Transfer) -> bool:
        """Another of its customer's is guarded, was or may have been open when this one came, or came later, and we had
        not let it go before that."""


class Parties(Protocol):
    def get(self, party_id: PartyId, customer_id: CustomerId) -> Party: ...
    def role_of(self, party_id: PartyId) -> Role:
        """Nothing sealed is opened for it. Raises NotFoundError."""

    def of_case(self, case: Case) -> Sequence[Party]: ...
    def add(self, parties: Iterable[Party], customer_id: CustomerId) -> None: ...
    def numbers(self, case_id: CaseId) -> Collection[str]:
        """Keyed hashes of those of everybody in the case who is none of our people."""

    def guardian_named_with(self, customer_id: CustomerId, bank_id: str) -> Mapping[str, datetime]:
        """The numbers, as keyed hashes, with which events have named this guardian of theirs, and since when."""

    def guardian_stopped(self, customer_id: CustomerId, number_index: str) -> bool:
        """Whether they told us in a call, about any case of this customer, that they want no more of these calls."""

    def bar(self, party_id: PartyId, why: str) -> None:
        """This guardian is left out of their case."""

    def silence(self, party_id: PartyId) -> None:
        """This number is not rung any more."""


class Attempts(Protocol):
    def get(self, attempt_id: AttemptId) -> Attempt:
        """Raises NotFoundError."""

    def of_case(self, case_id: CaseId) -> Sequence[Attempt]:
        """Oldest first."""

    def by_sid(self, call_sid: str) -> Attempt | None: ...
    def add(self, attempt: Attempt, now: datetime) -> None: ...
    def save(self, attempt: Attempt) -> None: ...
    def lines_in_use(self) -> int:
        """Calls that may exist, and those about to be posted."""

    def number_is_live(self, number_index: str) -> bool: ...
    def to_check(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Attempts whose truth is overdue: leases run out, unknown calls, missing final statuses."""

    def next_check(self) -> datetime | None: ...
    def check_all_of(self, node: str, now: datetime) -> int:
        """Make everything this node had under way due to be checked; answers how much that was."""

    def rung_since(self, number_index: str, since: datetime) -> int: ...
    def live_of_customer(self, customer_id: CustomerId) -> Attempt | None:
        """On a number of their own: a call to a guardian is none of theirs."""


class Rungs(Protocol):
    def of_case(self, case_id: CaseId) -> Sequence[RungRecord]:
        """Those taken or skipped, in that order."""

    def add(self, record: RungRecord) -> None: ...


class Talks(Protocol):
    def get(self, attempt_id: AttemptId, customer_id: CustomerId) -> Talk | None: ...
    def add(self, talk: Talk) -> None: ...
    def save(self, talk: Talk) -> None: ...
    def turn(self, attempt_id: AttemptId, customer_id: CustomerId, n: int) -> SpokenTurn | None: ...
    def add_turn(self, turn: SpokenTurn) -> None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Talk]:
        """Oldest first, nothing locked. Raises NotFoundError when there is no such case."""

    def turns(self, attempt_id: AttemptId, customer_id: CustomerId) -> Sequence[SpokenTurn]:
        """In the order they were served."""

    def steps(self, after: tuple[CaseId, int], limit: int) -> Sequence[tuple[CaseId, int, datetime, Note]]:
        """The timeline's rows about conversations begun and turns taken, by case and number, from behind `after`."""

    def add_evidence(self, evidence: Evidence, case_id: CaseId) -> None: ...
    def evidence(self, case: Case, since: datetime) -> Sequence[tuple[CaseId, Evidence]]:
        """This case's, and that of the customer's other cases from `since` on, oldest first."""


class Records(Protocol):
    """Append-only: the timeline, the provider's call events, the later truth."""

    def extend(self, case: Case, notes: Sequence[Note], now: datetime) -> Case:
        """Append to the case's timeline; answers the case with its new head."""

    def call_event(self, event: CallEvent) -> bool:
        """Keep it. False if this very event was kept before, or its customer is forgotten."""

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
        """Keyed hash under which a number or account is found again."""

    @property
    def zones(self) -> Callable[[str], str]:
        """IANA zones in which a number in E.164 form may be, with a space between; by the numbering plan."""
