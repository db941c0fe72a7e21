"""Who is woken by what: names go in after a commit, loops and long polls wake up. Holds no state but who waits."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Hub:
    """Names are few and fixed for loops (`dispatch`, `settle` …), and `transfer:<id>` for long polls."""

    def __init__(self) -> None:
        self._loops: dict[str, asyncio.Event] = {}
        self._waiting: dict[str, dict[asyncio.Event, None]] = defaultdict(dict)

    def publish(self, names: Iterable[str]) -> None:
        """Wake whoever waits for one of the names. Never blocks."""
        # In a fixed order, so that a simulation happens the same way twice.
        for name in sorted(names):
            if (loop := self._loops.get(name)) is not None:
                loop.set()
            for event in self._waiting.get(name, ()):
                event.set()

    def ring_all(self) -> None:
        """Wake everybody: what was published elsewhere for a while nobody here has heard."""
        self.publish({*self._loops, *self._waiting})

    def loop_event(self, name: str) -> asyncio.Event:
        """The event of a loop that lives as long as the process."""
        return self._loops.setdefault(name, asyncio.Event())

    @contextmanager
    def listening(self, name: str) -> Iterator[asyncio.Event]:
        """An event that is set by the next publication; taken before reading, it misses none."""
        event = asyncio.Event()
        self._waiting[name][event] = None
        try:
            yield event
        finally:
            self._waiting[name].pop(event, None)
            if not self._waiting[name]:
                del self._waiting[name]
