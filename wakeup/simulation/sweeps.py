"""A node's sweeps, without those that could find nothing. Otherwise a day of three idle nodes would consist mostly
of sweeps."""

from __future__ import annotations

from wakeup.runtime.clock import LoopClock
from wakeup.runtime.scheduler import SWEEP_S, LoopTimers
from wakeup.simulation.database import DatabaseFaults

ALL_THE_SAME = 12
"""Every twelfth sweep takes place whatever happened: once a minute."""


class Sweeps(LoopTimers):
    """Skip a sweep that can find nothing. A sweep finds what another node has committed. If nothing that concerns
    a loop was committed since its last sweep, according to the names that commits wake (which is all that nodes on
    PostgreSQL hear of each other), then only time has passed, and for that the loop has set its timer."""

    def __init__(self, clock: LoopClock, faults: DatabaseFaults) -> None:
        super().__init__(clock, SWEEP_S)
        self._faults = faults
        self._seen: dict[str, tuple[int, int]] = {}
        self._spared: dict[str, int] = {}

    def swept(self, name: str) -> bool:
        spared = self._spared.get(name, 0) + 1
        committed = (self._faults.told[name], self._faults.untold)
        if self._seen.get(name) == committed and spared < ALL_THE_SAME:
            self._spared[name] = spared
            return False
        self._seen[name], self._spared[name] = committed, 0
        return True
