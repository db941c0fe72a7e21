"""What staff look at: records, and the repository that finds them. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypeAlias

from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import Case
from wakeup.domain.decision import Decision, Effect, Ruling
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.to_do import to_do
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.records import Label, Note

BesideRow: TypeAlias = tuple[CaseId, int, datetime, Note]
"""A row of the timeline of another case of the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransfer:
    """One line of the board or of the queue, without personal data."""

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
    timezone: str
    claimed_by: str | None
    """Name of the staff member who claimed the case last."""
    claimed_until: datetime | None
    police_at: datetime | None
    person_due_at: datetime | None
    """By when its customer was promised a human, and still waits."""


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
    """Filter for open transfers, with a limit."""

    tier: Tier | None = None
    state: TransferState | None = None
    typology: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts over everything that is open."""

    by_state: Mapping[TransferState, int]
    at_stake: Mapping[str, Decimal]
    """Amounts pending or held, by currency."""
    due_soon: int
    """Pending transfers whose deadline is within the time asked for."""
    overdue: int
    """Pending transfers whose deadline has passed without a decision."""
    ending: int
    """Holds that end so soon that staff are alerted."""
    promised: int
    """Cases whose customer waits for a promised human."""
    promised_by: datetime | None
    """Until when the first of them must be spoken to."""
    promises_late: int
    """Cases in which a promised human is late."""
    started: float
    """Calls begun per second, averaged over the last minute. Calls to agents are not counted."""
    planned: int
    """Attempts that are due and wait for a line."""
    undelivered: int
    """Messages to the payment core that were tried and are not acknowledged yet."""
    dead: int
    stopped_until: datetime | None
    stopped_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A transfer in the review queue: held, pending but put before staff, released before a warning came, or over
    before staff contacted a customer who was promised a call."""

    transfer_id: TransferId
    case_id: CaseId
    tier: Tier
    amount: Decimal
    currency: str
    typology: str
    state: TransferState
    ends_at: datetime | None
    """When the decision is out of the staff's hands: the deadline of the decision, or of the hold. None if it is
    over already."""
    reason: str
    """Reason of the decision in force."""
    decided_at: datetime
    effects: tuple[Effect, ...]
    asked_by: str | None
    """Name of the staff member whose release request waits for a second person."""
    asked_until: datetime | None
    """When that request expires."""
    claimed_by: str | None
    claimed_until: datetime | None
    police_at: datetime | None
    person_wanted_at: datetime | None
    police_wanted_at: datetime | None
    contested_at: datetime | None
    reached_at: datetime | None
    """When a staff member last talked to a party of the case, or decided something in it."""
    followed_up_at: datetime | None
    person_due_at: datetime | None
    """By when its customer was promised a human."""
    unheld: Effect | None = None
    """Why its case is kept in the queue for it although nothing is held; None if it is held or pending."""

    @property
    def to_do(self) -> frozenset[Effect]:
        return to_do(
            self.state, self.effects, self.decided_at, self.reached_at, self.followed_up_at, unheld=self.unheld
        )

    @property
    def leaving(self) -> bool:
        """True if the transfer has left, or an allow was recalled and the payment core has acknowledged nothing
        since."""
        return self.unheld is Effect.STOP_PAYMENT

    @property
    def wanted(self) -> bool:
        """True if staff are asked to look. The police are no longer wanted once the case is in their queue."""
        return self.person_wanted_at is not None or (self.police_wanted_at is not None and self.police_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An automatic decision that no staff member has checked."""

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
    label: Truth | None
    """The newest label."""
    was_held: bool
    """True if a decision ever held it; the standing hold does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case for the figures: counts and times, without personal data."""

    opened_at: datetime
    typology: str
    """That of its first transfer."""
    rung: int
    answered: int
    first_rung_at: datetime | None
    right_party_at: datetime | None
    """When a conversation with the right party first gave evidence."""
    outcomes: frozenset[Outcome]
    transfers: tuple[TransferFacts, ...]
    touches: tuple[tuple[datetime, str], ...] = ()
    """Which channel spoke for stopping the money, and when: call, guardian, person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianNumbers:
    """Figures of the cases opened in a span, with numerator and denominator; a share is None if there are no cases to
    count."""

    cases: int
    cases_asked: int
    """Cases in which a guardian was asked by SMS."""
    asked: int
    """Guardians whose prompt was sent."""
    answered: int
    median_minutes: float | None
    """From the prompt to the newest answer, of those who answered."""

    @property
    def share(self) -> float | None:
        return self.cases_asked / self.cases if self.cases else None

    @property
    def reply_rate(self) -> float | None:
        return self.answered / self.asked if self.asked else None


class Views(Protocol):
    """Queries for staff."""

    def case(self, case_id: CaseId) -> Case | None: ...
    def open_transfers(self, wanted: Wanted, now: datetime) -> Sequence[OpenTransfer]:
        """Return open transfers: first those whose customer waits for a human who is late, then by the time left to
        the deadline of the decision, or of the hold."""

    def waiting(self, now: datetime, limit: int) -> Sequence[QueueRow]:
        """Return the review queue: first the cases whose money left or may have left and those over before a
        promised call, then held transfers and pending ones put before staff, by the end of the hold or window. A
        release request that has expired is ignored."""

    def unchecked(self, since: datetime, limit: int) -> Sequence[Sample]:
        """Return the newest automatic decisions since then, of cases that no staff member has checked, newest first."""

    def case_facts(self, since: datetime, until: datetime, limit: int) -> Sequence[CaseFacts]:
        """Return the facts of cases opened after `since` and not after `until`, oldest first."""

    def guardian_numbers(self, since: datetime) -> GuardianNumbers: ...
    def totals(self, now: datetime, soon: datetime, ending: datetime) -> Totals: ...
    def live_calls(self) -> Sequence[LiveCall]: ...
    def timeline(self, case_id: CaseId) -> Sequence[tuple[int, datetime, Note]]: ...
    def timelines_beside(self, case: Case) -> Sequence[BesideRow]:
        """Return the timelines of the customer's other cases, except those whose holds had all ended when this case was
        opened."""

    def notes_of(self, kinds: tuple[str, str], since: datetime, until: datetime) -> Sequence[tuple[datetime, Note]]:
        """Return timeline notes of these two kinds after `since` and not after `until`, in order of time."""

    def typologies(self, since: datetime, until: datetime) -> Mapping[str, str]:
        """Return attempt -> typology of its case's first transfer, for attempts after `since`, not after `until`."""

    def decisions(self, transfer_id: TransferId) -> Sequence[Decision]:
        """Return them oldest first."""

    def labels(self, transfer_id: TransferId) -> Sequence[Label]: ...
    def cases_of_customer(self, customer_id: CustomerId) -> Sequence[Case]:
        """Return them newest first."""

    def count_notes(self, customer_id: CustomerId) -> int:
        """Return how many notes stand in the timelines of all the customer's cases."""

    def cases_ending_in(self, end: str) -> Sequence[CaseId]:
        """Return the cases whose ids end in these digits, newest first."""

    def cases_of_number(self, number_index: str) -> Sequence[CaseId]: ...
