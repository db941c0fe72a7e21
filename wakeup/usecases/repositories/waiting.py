"""Repository of the attempts that wait to be called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import AttemptId
from wakeup.domain.plan import CutOff, Waiting


class WaitingRoom(Protocol):
    """The attempts that wait to be called. Claim queries lock the cases that they return and skip those locked by
    others."""

    def due(self, now: datetime, most: int) -> int:
        """Count the attempts that may be called now, up to `most`. Nothing is locked."""

    def first_due(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return attempts that may be called now or have run out of time, by latest start. If there are at most
        `limit`, all of them are returned, otherwise some."""

    def on_the_line(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return due attempts for which a person waits on the line of another call of the case, by latest start."""

    def ripen(self, now: datetime) -> None:
        """Let `pressing` and `best_class` find the attempts that have fallen due since they were planned."""

    def pressing(self, cut_off: CutOff, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return due attempts admitted by the cut-off whose number is not live, by latest start."""

    def by_fairness(self, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return attempts like `pressing`, among all that may still start, by fair class and then by how long they have
        waited."""

    def late(self, now: datetime, limit: int) -> Sequence[AttemptId]:
        """Return attempts whose latest start has passed, the longest ago first. Nothing is locked."""

    def best_class(self, now: datetime) -> int | None:
        """Return the highest class of value among the attempts that may be called now."""

    def oldest_due(self) -> datetime | None:
        """Return when the first planned attempt fell due, or falls due, leaving out attempts that wait for another
        call to their number."""

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next planned attempt falls due, leaving out attempts that wait for another call to their
        number."""

    def counted(self, now: datetime) -> tuple[Waiting, ...]:
        """Return counts of all attempts that may still start, including those due later, because they will need a
        line too."""
