"""Hold events back for a moment while decisions are late.

The lanes of the Store order the work that waits for the database. But reading, checking and answering a flood of
events also takes time of the event loop, and decisions need that too.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

AT_MOST_S = 1.0
"""Longest delay of an event in seconds: events are slowed down, never refused."""


class IngestThrottle:
    """Whether decisions are late, and the events that wait until they no longer are."""

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
        """Return at once while decisions are in time; otherwise wait until they are, at most the configured seconds."""
        if self._in_time.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._at_most_s):
                await self._in_time.wait()
