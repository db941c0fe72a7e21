"""Gauges of the guardians' figures of the last day, read from the database once a minute at most."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta

from aiohttp import web
from prometheus_client import Gauge

from wakeup.domain.errors import StoreDownError
from wakeup.domain.rest import NO_REST, Rest
from wakeup.usecases.figures.guardian_figures import GuardianNumbers, read_guardian_numbers
from wakeup.web.parts import Parts

SPAN = timedelta(days=1)
FRESH_FOR = timedelta(minutes=1)
PATIENCE_S = 2.0


class GuardianGauges:
    """A figure that has no cases, or could not be read, is NaN, not zero."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._fresh = NO_REST
        self._share = self._gauge("share", "Share of the last day's cases in which a guardian was asked")
        self._reply_rate = self._gauge("reply_rate", "Share of the guardians asked in the last day who answered")
        self._minutes = self._gauge("median_minutes", "Minutes from asking to answer, median of the last day")

    async def refresh(self) -> None:
        now = self._parts.now()
        if self._fresh.holds(now):
            return
        self._fresh = Rest(now, now + FRESH_FOR)
        try:
            async with asyncio.timeout(PATIENCE_S):
                numbers = await self._parts.store.read(read_guardian_numbers, SPAN, now)
        except (StoreDownError, TimeoutError):
            numbers = GuardianNumbers(cases=0, cases_asked=0, asked=0, answered=0, median_minutes=None)
        for gauge, value in (
            (self._share, numbers.share),
            (self._reply_rate, numbers.reply_rate),
            (self._minutes, numbers.median_minutes),
        ):
            gauge.set(math.nan if value is None else value)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"wakeup_guardian_{name}", text, registry=self._parts.metrics.registry)


GUARDIAN_GAUGES = web.AppKey("guardian_gauges", GuardianGauges)
