"""Gauges of how long the oldest due items have waited, read from the database every few seconds at most."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import Gauge

from wakeup.domain.errors import StoreDownError
from wakeup.domain.rest import NO_REST, Rest
from wakeup.usecases.figures.backlog_age import Ages, read_ages
from wakeup.web.parts import Parts

FRESH_FOR = timedelta(seconds=5)
PATIENCE_S = 2.0


class AgeGauges:
    """A gauge whose value could not be read is NaN, not zero."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._fresh = NO_REST
        self._message = self._gauge("outbox_oldest_due", "Since a message to the payment core should have been sent")
        self._decision = self._gauge("decision_most_late", "Since a decision should have arrived that has not")
        self._call = self._gauge("attempts_oldest_due", "Since somebody should have been rung who was not")
        self._undecided = self._gauge("transfers_undecided", "Since a transfer should have been decided that is not")
        self._overdue = Gauge(
            "wakeup_transfers_undecided", "Transfers that should have been decided 30 s ago and are not",
            registry=parts.metrics.registry,
        )  # fmt: skip
        self._dead = Gauge(
            "wakeup_outbox_dead", "Messages to the payment core that are not tried any more",
            registry=parts.metrics.registry,
        )  # fmt: skip
        self._anchor = self._gauge("anchor_age", "Since this node wrote its newest anchor; NaN if it never did")

    async def refresh(self) -> None:
        now = self._parts.now()
        if self._fresh.holds(now):
            return
        self._fresh = Rest(now, now + FRESH_FOR)
        ages = await self._ages(now)
        _set(self._message, None if ages is None else ages.message_due)
        _set(self._decision, None if ages is None else ages.decision_late)
        _set(self._call, None if ages is None else ages.call_due)
        _set(self._undecided, None if ages is None else ages.undecided)
        self._overdue.set(math.nan if ages is None else ages.overdue)
        self._dead.set(math.nan if ages is None else ages.dead)
        _set(self._anchor, await self._age_of_anchor(now))

    async def _ages(self, now: datetime) -> Ages | None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._parts.store.look(read_ages, now)
        except (StoreDownError, TimeoutError):
            return None

    async def _age_of_anchor(self, now: datetime) -> timedelta | None:
        """Return the age of the last line in the file. It also grows when the loop that writes it has stopped."""
        try:
            at = await asyncio.to_thread(self._parts.anchored_at)
        except (OSError, ValueError):
            return None
        return None if at is None else now - at

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"wakeup_{name}_seconds", text, registry=self._parts.metrics.registry)


def _set(gauge: Gauge, age: timedelta | None) -> None:
    gauge.set(math.nan if age is None else age.total_seconds())


AGE_GAUGES = web.AppKey("age_gauges", AgeGauges)
