"""Protocols of the repositories of staff work: accounts, sessions, reviews, the administration log."""

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
        """Raises NotFoundError."""

    def lock(self, staff_id: StaffId) -> Staff:
        """The account, its row locked, for whoever changes it or lets somebody in by it. Raises NotFoundError."""

    def named(self, name: str) -> Staff | None: ...
    def all(self) -> Sequence[Staff]:
        """By name."""

    def add(self, staff: Staff) -> None: ...
    def save(self, staff: Staff) -> None: ...
    def session(self, session_id: str) -> Session | None: ...
    def sessions(self, staff_id: StaffId | None) -> Sequence[Session]:
        """Of one account, or all; newest first."""

    def begin(self, session: Session) -> None: ...
    def touch(self, session: Session) -> None: ...
    def end(self, session_id: str) -> None: ...
    def end_all(self, staff_id: StaffId) -> int:
        """How many there were."""

    def forget_sessions(self, seen: datetime, begun: datetime) -> None:
        """Those last seen, or begun, at these moments or before."""


class Reviews(Protocol):
    """What people did on cases. Acts are append-only."""

    def get(self, case_id: CaseId) -> Review | None: ...
    def add(self, review: Review) -> None: ...
    def save(self, review: Review) -> None: ...
    def add_act(self, act: ReviewAct) -> None: ...
    def acts(self, case_id: CaseId, customer_id: CustomerId) -> Sequence[ReviewAct]:
        """Oldest first. Raises SealError where the customer was erased, and came again with another key."""

    def last_contact_at(self, case_id: CaseId) -> datetime | None:
        """When somebody of ours has talked to them last, or has seen that nobody need."""

    def asked(self, transfer_id: TransferId) -> Approval | None:
        """The one wish that waits for a second person, if there is one."""

    def add_approval(self, approval: Approval) -> None: ...
    def save_approval(self, approval: Approval) -> None: ...
    def day_of(self, customer_id: CustomerId, since: datetime) -> Sequence[tuple[TransferId, Decimal, str]]:
        """Transfers of this customer that were flagged, or allowed, since then: id, amount, currency."""

    def gone_elsewhere(self, case: Case, since: datetime) -> Sequence[CaseId]:
        """Other cases of its customer in which money was let go since; or whenever it was, if the
        core has not acknowledged that, or its being called back."""


class Bulk(Protocol):
    """Wishes to release many transfers at once, and what became of each."""

    def held(self, model: str, since: datetime, until: datetime, limit: int) -> Sequence[Transfer]:
        """What this model flagged then and is on hold now, by case."""

    def models(self) -> Sequence[str]:
        """Those of which anything is on hold."""

    def lock(self, wish_id: str) -> BulkRelease | None:
        """The wish, its row locked."""

    def newest(self, limit: int) -> Sequence[BulkRelease]: ...
    def add(self, wish: BulkRelease) -> None: ...
    def save(self, wish: BulkRelease) -> None: ...
    def members(self, wish_id: str) -> Sequence[BulkReleaseItem]:
        """By case."""

    def add_member(self, member: BulkReleaseItem) -> None: ...
    def save_member(self, member: BulkReleaseItem) -> None: ...


class Recordings(Protocol):
    """Those that the phone company keeps for us. Changed by whoever has locked the case."""

    def get(self, sid: str) -> KeptRecording | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[KeptRecording]:
        """Oldest first."""

    def add(self, recording: KeptRecording) -> None: ...
    def save(self, recording: KeptRecording) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[KeptRecording]:
        """Those to be deleted now, the longest due first."""

    def next_due(self) -> datetime | None: ...


class AdminLog(Protocol):
    """Acts of administration, in a chain of their own."""

    def add(self, kind: str, by: str, now: datetime, /, **data: Fact) -> None: ...
    def see_secret(self, name: str, fingerprint: str, now: datetime) -> bool:
        """Remember since when it is in use. False if it was seen before."""

    def secrets_seen(self) -> Mapping[tuple[str, str], datetime]:
        """(name, fingerprint) -> since when."""

    def newest(self, limit: int) -> Sequence[tuple[int, datetime, Note]]:
        """Number, time and content, newest first."""


class PeopleUnit(Protocol):
    """The repositories of a unit that people's work needs."""

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
