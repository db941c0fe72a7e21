"""A node's sweeps, without those that could find nothing: a day of three idle nodes is mostly sweeping otherwise."""

from __future__ import annotations

from wakeup.runtime.alarms import SWEEP_S, LoopAlarms
from wakeup.runtime.clock import LoopClock
from wakeup.simulation.database import Weather

ALL_THE_SAME = 12
"""Each so-manieth sweep takes place whatever happened: once a minute."""


class Sweeps(LoopAlarms):
    """A sweep finds what somebody else has committed. When nobody has committed anything since a loop was swept last,
    only time has passed, and for that the loop has set its alarm."""

    def __init__(self, clock: LoopClock, weather: Weather) -> None:
        super().__init__(clock, SWEEP_S)
        self._weather = weather
        self._seen: dict[str, int] = {}
        self._spared: dict[str, int] = {}

    def swept(self, name: str) -> bool:
        spared = self._spared.get(name, 0) + 1
        if self._seen.get(name) == self._weather.commits and spared < ALL_THE_SAME:
            self._spared[name] = spared
            return False
        self._seen[name], self._spared[name] = self._weather.commits, 0
        return True
