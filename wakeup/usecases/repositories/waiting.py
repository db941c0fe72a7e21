"""The dispatcher's repositories: who waits to be rung, the lines there are, and the plan of whom to ring first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import AttemptId
from wakeup.domain.plan import CutOff, Waiting
from wakeup.usecases.records import CallPlan, Lines


class WaitingRoom(Protocol):
    """The attempts that wait to be rung. Claims lock the cases they answer and skip those others hold."""

    def due(self, now: datetime, most: int) -> int:
        """How many may ring now, counted up to `most`. Nothing is locked."""

    def first_due(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Whoever may ring now, or has run out of time, latest start first: all of them if they are no more than
        `limit`, else some."""

    def ripen(self, now: datetime) -> None:
        """What has fallen due since it was planned is found by `pressing` and `best_worth` from now on."""

    def pressing(self, cut_off: CutOff, now: datetime, limit: int) -> Sequence[Attempt]:
        """Due attempts let in by the cut-off whose number is not live, latest start first."""

    def by_turn(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """The same of all that may still start, by turn and then by how long they have waited."""

    def late(self, now: datetime, limit: int) -> Sequence[AttemptId]:
        """Those whose latest start is over, longest ago first. Nothing is locked."""

    def best_worth(self, now: datetime) -> int | None:
        """The highest class of worth among those that may ring now."""

    def oldest_due(self) -> datetime | None:
        """When the first planned attempt fell due, or falls, that is not waiting for another call to its number."""

    def next_due(self, now: datetime) -> datetime | None:
        """When the next planned attempt falls due that is not waiting for another call to its number."""

    def counted(self, now: datetime) -> tuple[Waiting, ...]:
        """All that may still start, also those due later: they will want a line too."""


class LinesRow(Protocol):
    def lock(self, account: str) -> Lines: ...
    def save(self, lines: Lines) -> None: ...
    def granted(self, account: str) -> int:
        """Starts granted so far, nothing locked."""

    def stopped_until(self, account: str) -> datetime | None:
        """Nothing locked. A stop that is over stands until something has gone through."""


class Plans(Protocol):
    def get(self, account: str) -> CallPlan | None: ...
    def lock(self, account: str) -> CallPlan | None: ...
    def save(self, plan: CallPlan) -> None: ...
