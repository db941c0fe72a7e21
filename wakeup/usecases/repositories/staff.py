"""Repositories of accounts, sessions and the administrative log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.staff import Session, Staff, StaffId
from wakeup.usecases.records import Fact, Note


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


class AdminLog(Protocol):
    """Administrative acts, in a chain of their own."""

    def add(self, kind: str, by: str, now: datetime, /, **data: Fact) -> None: ...
    def see_secret(self, name: str, fingerprint: str, now: datetime) -> bool:
        """Record that a secret is in use, with the time. Returns False if it was seen before."""

    def secrets_seen(self) -> Mapping[tuple[str, str], datetime]:
        """Return (name, fingerprint) -> since when it is in use."""

    def newest(self, limit: int) -> Sequence[tuple[int, datetime, Note]]:
        """Return number, time and content, newest first."""
