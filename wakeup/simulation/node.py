"""One node of the service: its processes one after the other, over the same database and under the same name."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from wakeup.ivr.library import Library
from wakeup.runtime.clock import pause
from wakeup.runtime.ids import TimedIds
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.runtime.scheduler import SWEEP_S
from wakeup.runtime.scripts.published import scripts_in_force
from wakeup.runtime.service import Service
from wakeup.runtime.settings.settings import Settings
from wakeup.simulation.database import DatabaseFaults, NodeDatabaseFaults, SimulatedStore
from wakeup.simulation.faults import Death, ProcessFaults
from wakeup.simulation.loop import SimulatedLoop
from wakeup.simulation.network import wires
from wakeup.simulation.process import LIFE, SimulatedProcess
from wakeup.simulation.virtual_time import LoopClock, LoopTimers
from wakeup.usecases.unit import ALL_DIGITS

ALL_THE_SAME = 12
"""Every twelfth sweep takes place whatever happened: once a minute."""


class SeededTimedIds(TimedIds):
    """Ids as in a deployment, and call codes, from one seeded generator."""

    def __init__(self, clock: LoopClock, dice: random.Random) -> None:
        super().__init__(lambda: clock.now().timestamp(), dice.randbytes)
        self._dice = dice

    def digits(self, count: int, among: str = ALL_DIGITS) -> str:
        return "".join(among[self._dice.randrange(len(among))] for _ in range(count))


class Sweeps(LoopTimers):
    """Skip a sweep that can find nothing, or a day of three idle nodes would consist mostly of sweeps. A sweep finds
    what another node has committed. If nothing that concerns a loop was committed since its last sweep, according to
    the names that commits wake (which is all that nodes on PostgreSQL hear of each other), then only time has passed,
    and for that the loop has set its timer."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The time from a node's death until its successor listens, in seconds since the beginning."""

    node: int
    since: float
    until: float


@dataclass(slots=True)
class Node:
    """One node. `process_faults` returns what befalls a process, by the numbers of node and process."""

    number: int
    settings: Settings
    epoch: datetime
    database_faults: DatabaseFaults
    process_faults: Callable[[int, int], ProcessFaults]
    seed: int
    absences: list[Absence] = field(default_factory=list)
    node_faults: list[NodeDatabaseFaults] = field(default_factory=list)
    services: list[tuple[SimulatedProcess, Service]] = field(default_factory=list)
    calm: bool = False
    up: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_alive(self) -> None:
        """Start the node, and start it again whenever it has died."""
        loop = asyncio.get_running_loop()
        while True:
            faults = self.process_faults(self.number, len(self.services))
            died = loop.create_future()
            life = SimulatedProcess(f"node{self.number}", partial(_told, died))
            began = self._begin(life, faults)
            await asyncio.wait((began, died), return_when=asyncio.FIRST_COMPLETED)
            if not died.done():
                # Raises the error that kept it from starting.
                await began
                self.up.set()
                self._arrived()
            await died
            self.up.clear()
            self.absences.append(Absence(node=self.number, since=loop.time(), until=float("inf")))
            await pause(faults.down_s)

    def _arrived(self) -> None:
        if self.absences and self.absences[-1].until == float("inf"):
            last = self.absences.pop()
            now = asyncio.get_running_loop().time()
            self.absences.append(Absence(node=last.node, since=last.since, until=now))

    def _begin(self, life: SimulatedProcess, faults: ProcessFaults) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulatedLoop)
        dice = random.Random(f"node-{self.seed}-{self.number}-{len(self.services)}")  # noqa: S311
        of_database = NodeDatabaseFaults(self.database_faults, dice, life)
        clock = LoopClock(self.epoch + timedelta(seconds=faults.skew_s))
        infra = Infrastructure(
            clock=clock,
            timers=Sweeps(clock, self.database_faults),
            ids=SeededTimedIds(clock, dice),
            random_bytes=dice.randbytes,
            open_store=partial(SimulatedStore, of_database),
            wires=partial(wires, loop.network),
            scripts=_scripts,
        )
        context = copy_context()
        context.run(LIFE.set, life)
        service = context.run(Service, self.settings, infra)
        self.node_faults.append(of_database)
        self.services.append((life, service))
        if faults.death is not None:
            loop.call_later(faults.death.after_s, self._schedule_death, life, of_database, faults.death)
        return loop.create_task(service.start(), context=context)

    def _schedule_death(self, life: SimulatedProcess, of_database: NodeDatabaseFaults, death: Death) -> None:
        if self.calm:
            return
        if death.step:
            life.dies_at_step = life.steps + death.step
        else:
            of_database.dies_at_commit, of_database.commit_counts = of_database.commits + death.commit, death.committed

    def spare(self) -> None:
        """Cancel all deaths to come."""
        self.calm = True
        for life, _ in self.services:
            life.dies_at_step = None
        for of_database in self.node_faults:
            of_database.dies_at_commit = 0


def _told(died: asyncio.Future[None], _life: SimulatedProcess) -> None:
    died.set_result(None)


@cache
def _read(folder: Path) -> Library:
    return scripts_in_force(folder, None)


def _scripts(folder: Path, _database_url: str) -> Library:
    """Return the scripts, read and checked once for all processes, since their files do not change."""
    return _read(folder)
