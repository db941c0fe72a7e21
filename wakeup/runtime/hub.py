"""Wake loops and long polls by name after a commit. Holds no state except the waiting events."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Hub:
    """The events that wait for names.

    Loops have few fixed names (`dispatch`, `settle` …); long polls wait for `transfer:<id>`.
    """

    def __init__(self) -> None:
        self._loops: dict[str, asyncio.Event] = {}
        self._waiting: dict[str, dict[asyncio.Event, None]] = defaultdict(dict)

    def publish(self, names: Iterable[str]) -> None:
        """Set the events that wait for any of the names. Never blocks."""
        # In a fixed order, so that a simulation runs the same way twice.
        for name in sorted(names):
            if (loop := self._loops.get(name)) is not None:
                loop.set()
            for event in self._waiting.get(name, ()):
                event.set()

    def ring_all(self) -> None:
        """Wake everything: for a while notifications of other nodes did not arrive here."""
        self.publish({*self._loops, *self._waiting})

    def loop_event(self, name: str) -> asyncio.Event:
        """Return the event of a loop, which lives as long as the process."""
        return self._loops.setdefault(name, asyncio.Event())

    @contextmanager
    def listening(self, name: str) -> Iterator[asyncio.Event]:
        """Yield an event that the next publication of `name` sets. Taken before reading, it misses none."""
        event = asyncio.Event()
        self._waiting[name][event] = None
        try:
            yield event
        finally:
            self._waiting[name].pop(event, None)
            if not self._waiting[name]:
                del self._waiting[name]
