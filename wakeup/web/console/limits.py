"""How often somebody may try to sign in. An address is slowed down, and an address at a name; never a name alone, or
anybody could lock a supervisor out."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

PER_ADDRESS, PER_NAME, WINDOW_S = 30, 5, 300.0
MOST_KEYS = 10_000


@dataclass(slots=True)
class Tries:
    """Failed sign-ins of the last minutes, in this process. Times are real seconds."""

    _failed: OrderedDict[tuple[str, str], deque[float]] = field(default_factory=OrderedDict)

    def wait_s(self, address: str, name: str, now: float) -> float:
        """Seconds until this may be tried again; nothing when it may be tried now."""
        return max(self._wait((address, ""), PER_ADDRESS, now), self._wait((address, name), PER_NAME, now))

    def failed(self, address: str, name: str, now: float) -> None:
        for key in ((address, ""), (address, name)):
            self._failed.setdefault(key, deque()).append(now)
            self._failed.move_to_end(key)
        while len(self._failed) > MOST_KEYS:
            self._failed.popitem(last=False)

    def succeeded(self, address: str, name: str) -> None:
        self._failed.pop((address, name), None)

    def _wait(self, key: tuple[str, str], most: int, now: float) -> float:
        times = self._failed.get(key)
        if times is None:
            return 0.0
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        return times[len(times) - most] + WINDOW_S - now if len(times) >= most else 0.0
