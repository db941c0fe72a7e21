"""Gauges that are read when somebody asks for them, and not more often than their source bears: from the database, and
from the file of its anchors."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from aiohttp import web
from prometheus_client import Gauge

from wakeup.domain.errors import StoreDownError
from wakeup.domain.rest import NO_REST, Rest
from wakeup.usecases.figures.backlog_age import Ages, read_ages
from wakeup.usecases.figures.guardian_figures import read_guardian_numbers
from wakeup.usecases.repositories.views import GuardianNumbers
from wakeup.web.parts import Parts

DAY = timedelta(days=1)
PATIENCE_S = 2.0
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Source(Generic[F]):
    """Figures that are read together, and the gauges that show them."""

    read: Callable[[Parts, datetime], Awaitable[F]]
    """Returns the figures of this moment."""
    fresh_for: timedelta
    gauges: tuple[tuple[str, str, Callable[[F], float | None]], ...]
    """Name without `wakeup_`, text, and value. A figure that has no cases is None."""


async def _age_of_anchor(parts: Parts, now: datetime) -> float | None:
    """Return the age of the last line in the file. It also grows when the loop that writes it has stopped."""
    at = await asyncio.to_thread(parts.anchored_at)
    return None if at is None else (now - at).total_seconds()


AGES: Source[Ages] = Source(
    lambda parts, now: parts.store.look(read_ages, now),
    timedelta(seconds=5),
    (
        ("outbox_oldest_due_seconds", "Since a message to the payment core should have been sent",
         lambda ages: ages.message_due.total_seconds()),
        ("decision_most_late_seconds", "Since a decision should have arrived that has not",
         lambda ages: ages.decision_late.total_seconds()),
        ("attempts_oldest_due_seconds", "Since somebody should have been rung who was not",
         lambda ages: ages.call_due.total_seconds()),
        ("transfers_undecided_seconds", "Since a transfer should have been decided that is not",
         lambda ages: ages.undecided.total_seconds()),
        ("transfers_undecided", "Transfers that should have been decided 30 s ago and are not",
         lambda ages: ages.overdue),
        ("outbox_dead", "Messages to the payment core that are not tried any more",
         lambda ages: ages.dead),
    ),
)  # fmt: skip
ANCHOR: Source[float | None] = Source(
    _age_of_anchor,
    timedelta(seconds=5),
    (("anchor_age_seconds", "Since this node wrote its newest anchor; NaN if it never did", lambda age: age),),
)
GUARDIANS: Source[GuardianNumbers] = Source(
    lambda parts, now: parts.store.read(read_guardian_numbers, DAY, now),
    timedelta(minutes=1),
    (
        ("guardian_share", "Share of the last day's cases in which a guardian was asked",
         lambda numbers: numbers.share),
        ("guardian_reply_rate", "Share of the guardians asked in the last day who answered",
         lambda numbers: numbers.reply_rate),
        ("guardian_median_minutes", "Minutes from asking to answer, median of the last day",
         lambda numbers: numbers.median_minutes),
    ),
)  # fmt: skip


class DatabaseGauges(Generic[F]):
    """The gauges of one source. A value that is unknown, or could not be read, is NaN, not zero."""

    def __init__(self, parts: Parts, source: Source[F]) -> None:
        self._parts = parts
        self._source = source
        self._fresh = NO_REST
        registry = parts.metrics.registry
        self._gauges = [
            (Gauge(f"wakeup_{name}", text, registry=registry), value) for name, text, value in source.gauges
        ]
        self._show(None)

    async def refresh(self) -> None:
        now = self._parts.now()
        if self._fresh.holds(now):
            return
        self._fresh = Rest(now, now + self._source.fresh_for)
        self._show(await self._read(now))

    async def _read(self, now: datetime) -> F | None:
        log, gauge = self._parts.log, self._source.gauges[0][0]
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._source.read(self._parts, now)
        except (StoreDownError, TimeoutError) as down:
            log.warning("gauges_not_read", gauge=gauge, fault=type(down).__name__)
        except Exception as error:
            log.error("gauges_not_read", gauge=gauge, fault=type(error).__name__, exc_info=error)
        return None

    def _show(self, figures: F | None) -> None:
        for gauge, value_of in self._gauges:
            value = None if figures is None else value_of(figures)
            gauge.set(math.nan if value is None else value)


GAUGES: web.AppKey[tuple[DatabaseGauges[Any], ...]] = web.AppKey("gauges")


def gauges_of(parts: Parts) -> tuple[DatabaseGauges[Any], ...]:
    return (DatabaseGauges(parts, GUARDIANS), DatabaseGauges(parts, AGES), DatabaseGauges(parts, ANCHOR))
