"""Decisions before events: while decisions are late, an event waits a moment before anything is done for it.

The lanes of the Store order what waits for the database. Reading, checking and answering a flood of events takes the
event loop's time all the same, and decisions need that too.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

AT_MOST_S = 1.0
"""So long an event waits: slowed down, never shut out."""


class IngestThrottle:
    """Knows whether decisions are late, and who waits for it to pass."""

    def __init__(self, at_most_s: float = AT_MOST_S) -> None:
        self._at_most_s = at_most_s
        self._in_time = asyncio.Event()
        self._in_time.set()

    def set_decisions_late(self, late: bool) -> None:  # noqa: FBT001 - it is the answer to the name
        if late:
            self._in_time.clear()
        else:
            self._in_time.set()

    async def wait(self) -> None:
        """At once while decisions are in time."""
        if self._in_time.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._at_most_s):
                await self._in_time.wait()
