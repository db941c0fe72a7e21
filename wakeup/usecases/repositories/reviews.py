"""Repositories of staff work: accounts, sessions, reviews, bulk releases, recordings, and the administrative log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from wakeup.domain.bulk import BulkRelease, BulkReleaseItem
from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.recording import KeptRecording
from wakeup.domain.review import Approval, Review, ReviewAct
from wakeup.domain.staff import Session, Staff, StaffId
from wakeup.domain.transfer import Transfer
from wakeup.usecases.records import Fact, Note
from wakeup.usecases.repositories.agents import Agents, Guests, HandOvers, Listeners
from wakeup.usecases.repositories.retention import Erasure, Leftovers, Retention
from wakeup.usecases.repositories.sign_in import Entry
from wakeup.usecases.repositories.views import Views
from wakeup.usecases.repositories.wrapping import Wrapping


class Accounts(Protocol):
    """Accounts and sessions."""

    def get(self, staff_id: StaffId) -> Staff:
        """Return the account. Raises NotFoundError."""

    def lock(self, staff_id: StaffId) -> Staff:
        """Return the account with its row locked, to change it or to sign in with it. Raises NotFoundError."""

    def named(self, name: str) -> Staff | None: ...
    def all(self) -> Sequence[Staff]:
        """Return all accounts by name."""

    def add(self, staff: Staff) -> None: ...
    def save(self, staff: Staff) -> None: ...
    def session(self, session_id: str) -> Session | None: ...
    def sessions(self, staff_id: StaffId | None) -> Sequence[Session]:
        """Return the sessions of one account, or all; newest first."""

    def begin(self, session: Session) -> None: ...
    def touch(self, session: Session) -> None: ...
    def end(self, session_id: str) -> None: ...
    def end_all(self, staff_id: StaffId) -> int:
        """End all sessions of the account. Returns how many there were."""

    def forget_sessions(self, seen: datetime, begun: datetime) -> None:
        """Delete sessions last seen at `seen` or before, or begun at `begun` or before."""


class Reviews(Protocol):
    """What staff did on cases. Acts are append-only."""

    def get(self, case_id: CaseId) -> Review | None: ...
    def add(self, review: Review) -> None: ...
    def save(self, review: Review) -> None: ...
    def add_act(self, act: ReviewAct) -> None: ...
    def acts(self, case_id: CaseId, customer_id: CustomerId) -> Sequence[ReviewAct]:
        """Return the acts oldest first. Raises SealError if the customer was erased and came again with another key."""

    def last_contact_at(self, case_id: CaseId) -> datetime | None:
        """Return when a staff member last talked to the customer, or recorded that this is not needed."""

    def asked(self, transfer_id: TransferId) -> Approval | None:
        """Return the one release request that waits for a second person, or None."""

    def add_approval(self, approval: Approval) -> None: ...
    def save_approval(self, approval: Approval) -> None: ...
    def day_of(self, customer_id: CustomerId, since: datetime) -> Sequence[tuple[TransferId, Decimal, str]]:
        """Return id, amount and currency of this customer's transfers that were flagged or allowed since then."""

    def gone_elsewhere(self, case: Case, since: datetime) -> Sequence[CaseId]:
        """Return the customer's other cases in which money was released since then. Regardless of the time, also
        those in which the core has not acknowledged an allow, or its recall."""


class Bulk(Protocol):
    """Requests to release many transfers at once, and what became of each transfer."""

    def held(self, model: str, since: datetime, until: datetime, limit: int) -> Sequence[Transfer]:
        """Return the transfers that this model flagged in the span and that are on hold now, by case."""

    def models(self) -> Sequence[str]:
        """Return the models of which any flagged transfer is on hold."""

    def lock(self, wish_id: str) -> BulkRelease | None:
        """Return the request, with its row locked."""

    def newest(self, limit: int) -> Sequence[BulkRelease]: ...
    def add(self, wish: BulkRelease) -> None: ...
    def save(self, wish: BulkRelease) -> None: ...
    def members(self, wish_id: str) -> Sequence[BulkReleaseItem]:
        """Return the members by case."""

    def add_member(self, member: BulkReleaseItem) -> None: ...
    def save_member(self, member: BulkReleaseItem) -> None: ...


class Recordings(Protocol):
    """Recordings that the phone company stores for us. Changed only by a transaction that has locked the case."""

    def get(self, sid: str) -> KeptRecording | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[KeptRecording]:
        """Return them oldest first."""

    def add(self, recording: KeptRecording) -> None: ...
    def save(self, recording: KeptRecording) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[KeptRecording]:
        """Return the recordings to be deleted now, the longest due first."""

    def next_due(self) -> datetime | None: ...


class AdminLog(Protocol):
    """Administrative acts, in a chain of their own."""

    def add(self, kind: str, by: str, now: datetime, /, **data: Fact) -> None: ...
    def see_secret(self, name: str, fingerprint: str, now: datetime) -> bool:
        """Record that a secret is in use, with the time. Returns False if it was seen before."""

    def secrets_seen(self) -> Mapping[tuple[str, str], datetime]:
        """Return (name, fingerprint) -> since when it is in use."""

    def newest(self, limit: int) -> Sequence[tuple[int, datetime, Note]]:
        """Return number, time and content, newest first."""


class PeopleUnit(Protocol):
    """The repositories of a unit of work that staff work needs."""

    @property
    def staff(self) -> Accounts: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def hand_overs(self) -> HandOvers: ...
    @property
    def listeners(self) -> Listeners: ...
    @property
    def guests(self) -> Guests: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def erasure(self) -> Erasure: ...
    @property
    def leftovers(self) -> Leftovers: ...
    @property
    def wrapping(self) -> Wrapping: ...
    @property
    def entry(self) -> Entry: ...
    @property
    def bulk(self) -> Bulk: ...
    @property
    def admin(self) -> AdminLog: ...
    @property
    def views(self) -> Views: ...
