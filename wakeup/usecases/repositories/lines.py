"""Repositories of the account's lines and of the plan of which to call first."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wakeup.usecases.records import CallPlan, Lines


class AccountLines(Protocol):
    def lock(self, account: str) -> Lines: ...
    def save(self, lines: Lines) -> None: ...
    def granted(self, account: str) -> int:
        """Return the number of starts granted so far. Nothing is locked."""

    def stopped_until(self, account: str) -> datetime | None:
        """Return until when dialling is stopped. Nothing is locked. A stop that has run out stays until a call has
        gone through."""

    def no_calls_until(self, now: datetime) -> datetime | None:
        """Return until when no calls go out, of any account. None if they do. Nothing is locked."""


class Plans(Protocol):
    def get(self, account: str) -> CallPlan | None: ...
    def lock(self, account: str) -> CallPlan | None: ...
    def save(self, plan: CallPlan) -> None: ...
