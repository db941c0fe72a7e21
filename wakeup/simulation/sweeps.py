"""A node's sweeps, without those that could find nothing: a day of three idle nodes is mostly sweeping otherwise."""

from __future__ import annotations

from wakeup.runtime.clock import LoopClock
from wakeup.runtime.scheduler import SWEEP_S, LoopTimers
from wakeup.simulation.database import DatabaseFaults

ALL_THE_SAME = 12
"""Each so-manieth sweep takes place whatever happened: once a minute."""


class Sweeps(LoopTimers):
    """A sweep finds what somebody else has committed. When nothing that concerns a loop was committed since it was
    swept last, as far as who committed it told (that is all nodes on PostgreSQL hear of each other), only time has
    passed, and for that the loop has set its alarm."""

    def __init__(self, clock: LoopClock, weather: DatabaseFaults) -> None:
        super().__init__(clock, SWEEP_S)
        self._weather = weather
        self._seen: dict[str, tuple[int, int]] = {}
        self._spared: dict[str, int] = {}

    def swept(self, name: str) -> bool:
        spared = self._spared.get(name, 0) + 1
        committed = (self._weather.told[name], self._weather.untold)
        if self._seen.get(name) == committed and spared < ALL_THE_SAME:
            self._spared[name] = spared
            return False
        self._seen[name], self._spared[name] = committed, 0
        return True
