"""What surrounds a service and is not its own: time, chance, wires, the way to its database. A simulation brings
others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

from aiohttp import BaseConnector, TCPConnector

from wakeup.ivr.library import Library
from wakeup.runtime.clock import Clock, LoopClock, SystemClock, back_off
from wakeup.runtime.ids import TimedIds
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.randomness import RandomPages
from wakeup.runtime.scheduler import ApschedulerTimers, LoopTimers, Timers
from wakeup.runtime.scripts.published import scripts_in_force
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.open import open_store
from wakeup.storage.store import Publish, Store
from wakeup.storage.unit_of_work import MakeUnit, SqlUnit
from wakeup.usecases.unit import Ids

OpenStore: TypeAlias = Callable[[str, MakeUnit, Publish], Store[SqlUnit]]
"""Database URL, what makes a unit of work, whom to tell of commits."""
MAX_KEPT_OPEN = 100


class Connectors(Protocol):
    """Makes what carries the requests we send. Called in the event loop."""

    def __call__(self, *, each_once: bool) -> BaseConnector:
        """`each_once`: a connection for every request, and as many at once as there are requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrastructure:
    """What a test or a simulation replaces."""

    clock: Clock
    timers: Timers
    ids: Ids
    random_bytes: Callable[[int], bytes]
    open_store: OpenStore
    wires: Connectors
    scripts: Callable[[Path, str], Library]
    """From the folder of scripts and the database that keeps older ones."""


def sockets(*, each_once: bool) -> BaseConnector:
    """Real ones. One kept alive may be dead when the one POST of a call needs it."""
    return TCPConnector(force_close=True, limit=0) if each_once else TCPConnector(limit=MAX_KEPT_OPEN)


def real_infrastructure(settings: Settings) -> Infrastructure:
    """Those of a deployment."""
    clock = SystemClock(settings.clock.speed, settings.clock.epoch, settings.clock.epoch_real)
    randomness = RandomPages()
    return Infrastructure(
        clock=clock,
        timers=ApschedulerTimers(clock),
        ids=TimedIds(clock.timestamp, randomness),
        random_bytes=randomness,
        open_store=partial(open_store, pause=back_off, early=frozenset({Dispatcher.name})),
        wires=sockets,
        scripts=scripts_in_force,
    )


def virtual_infrastructure(epoch: datetime, ids: Ids, random_bytes: Callable[[int], bytes]) -> Infrastructure:
    """Those of a virtual event loop: no wall clock, no threads."""
    clock = LoopClock(epoch)
    return Infrastructure(
        clock=clock,
        timers=LoopTimers(clock),
        ids=ids,
        random_bytes=random_bytes,
        open_store=partial(open_store, inline=True),
        wires=sockets,
        scripts=scripts_in_force,
    )
