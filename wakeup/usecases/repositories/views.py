"""What people look at, as records and as the repository that finds them. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import Case, CaseState
from wakeup.domain.decision import Decision, Effect, Ruling
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import still_to_do
from wakeup.domain.transfer import GONE, STILL_OPEN, Tier, TransferState
from wakeup.usecases.records import Label, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransfer:
    """One line of the board or of the queue: no personal data in it."""

    transfer_id: TransferId
    case_id: CaseId
    customer_id: CustomerId
    tier: Tier
    """The higher one of transfer and case."""
    amount: Decimal
    currency: str
    typology: str
    state: TransferState
    flagged_at: datetime
    decide_by: datetime
    hold_max: datetime
    case_state: CaseState
    timezone: str
    claimed_by: str | None
    """The name of whoever claimed it last."""
    claimed_until: datetime | None
    police_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """A call that exists, or may."""

    attempt_id: AttemptId
    case_id: CaseId
    n: int
    state: AttemptState
    since: datetime | None
    node: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which open transfers, and how many of them at most."""

    tier: Tier | None = None
    state: TransferState | None = None
    typology: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All that is open, counted."""

    by_state: Mapping[TransferState, int]
    at_stake: Mapping[str, Decimal]
    """By currency, of what is pending or held."""
    due_soon: int
    """Pending ones whose deadline is within the time asked for."""
    overdue: int
    """Pending ones whose deadline is over: nothing of ours decided in time."""
    ending: int
    """Holds that end within the time before which people are told so."""
    started: float
    """Calls begun in a second, on average over the last minute. Our own people's are not counted."""
    planned: int
    """Attempts that are due and wait for a line."""
    undelivered: int
    """Messages to the payment core that were tried and are not taken yet."""
    dead: int
    stopped_until: datetime | None
    stopped_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A transfer as the queue sees it: held, still pending but put before people, let go before a warning came, or over
    before its customer was told that somebody calls them."""

    transfer_id: TransferId
    case_id: CaseId
    tier: Tier
    amount: Decimal
    currency: str
    typology: str
    state: TransferState
    ends_at: datetime | None
    """When people lose their say: the deadline of the decision, or of the hold. None: it is over already."""
    reason: str
    """Of the decision that stands."""
    decided_at: datetime
    effects: tuple[Effect, ...]
    asked_by: str | None
    """Who waits for a second person."""
    claimed_by: str | None
    claimed_until: datetime | None
    police_at: datetime | None
    person_wanted_at: datetime | None
    police_wanted_at: datetime | None
    contested_at: datetime | None
    reached_at: datetime | None
    """When one of the bank's people last talked to somebody about the case, or decided something in it."""
    followed_up_at: datetime | None
    leaving: bool = False
    """It was let go already, or an allow was called back and the payment core has acknowledged nothing since."""

    @property
    def to_do(self) -> frozenset[Effect]:
        if self.state not in STILL_OPEN | GONE:
            return frozenset({Effect.PERSON})
        return still_to_do(self.effects, self.decided_at, self.reached_at, self.followed_up_at)

    @property
    def wanted(self) -> bool:
        """Somebody is asked to look. The police are no longer wanted once the case is in their queue."""
        return self.person_wanted_at is not None or (self.police_wanted_at is not None and self.police_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A decision of the machine that nobody has checked."""

    transfer_id: TransferId
    case_id: CaseId
    ruling: Ruling
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFacts:
    """A transfer for the figures."""

    amount: Decimal
    currency: str
    state: TransferState
    decide_by: datetime
    label: str | None
    """The newest later truth."""
    was_held: bool
    """A decision held it, at any time: the standing hold does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case for the figures: counts and times, nobody's data."""

    opened_at: datetime
    typology: str
    """Of its first transfer."""
    rung: int
    answered: int
    first_rung_at: datetime | None
    right_party_at: datetime | None
    """When a conversation with the right party taught something first."""
    outcomes: frozenset[Outcome]
    transfers: tuple[TransferFacts, ...]
    touches: tuple[tuple[datetime, str], ...] = ()
    """What spoke for stopping the money, and when: call, guardian, person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFacts:
    """Of the cases opened in a span: how many, in how many a guardian was asked, how many were asked, and the minutes
    each of them took who answered."""

    cases: int
    cases_asked: int
    asked: int
    minutes: tuple[float, ...]


class Views(Protocol):
    """Queries for people."""

    def case(self, case_id: CaseId) -> Case | None: ...
    def open_transfers(self, wanted: Wanted) -> Sequence[OpenTransfer]:
        """By the time that is left: to the deadline of the decision, or of the hold."""

    def waiting(self, now: datetime, limit: int) -> Sequence[Waiting]:
        """Held transfers, those whose hold ends first. A wish for a release that is too old by now counts no more."""

    def unchecked(self, since: datetime, limit: int) -> Sequence[Sample]:
        """Newest decisions of the machine since then, of cases that nobody checked, newest first."""

    def case_facts(self, since: datetime, limit: int) -> Sequence[CaseFacts]:
        """Of cases opened since then, oldest first."""

    def guardian_facts(self, since: datetime) -> GuardianFacts: ...
    def totals(self, now: datetime, soon: datetime, ending: datetime) -> Totals: ...
    def live_calls(self) -> Sequence[LiveCall]: ...
    def timeline(self, case_id: CaseId) -> Sequence[tuple[int, datetime, Note]]: ...
    def notes_since(self, since: datetime, kinds: tuple[str, str]) -> Sequence[tuple[datetime, Note]]:
        """The timelines' notes of two kinds since then, in the order of time."""

    def typologies(self, since: datetime) -> Mapping[str, str]:
        """Attempt rung since then -> kind of scam of its case's first transfer."""

    def decisions(self, transfer_id: TransferId) -> Sequence[Decision]:
        """Oldest first."""

    def labels(self, transfer_id: TransferId) -> Sequence[Label]: ...
    def cases_of_customer(self, customer_id: CustomerId) -> Sequence[Case]:
        """Newest first."""

    def cases_of_number(self, number_index: str) -> Sequence[CaseId]: ...
