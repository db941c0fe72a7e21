"""The infrastructure of a service, which a test or a simulation replaces: clock, timers, randomness, connectors,
database."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

from aiohttp import BaseConnector, TCPConnector

from wakeup.ivr.library import Library
from wakeup.runtime.clock import Clock, SystemClock, back_off
from wakeup.runtime.ids import TimedIds
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.scheduler import ApschedulerTimers, Timers
from wakeup.runtime.scripts.published import scripts_in_force
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.open import open_store
from wakeup.storage.publish import Publish
from wakeup.storage.unit_of_work import MakeUnit, SqlUnit
from wakeup.usecases.store import Store
from wakeup.usecases.unit import Ids

OpenStore: TypeAlias = Callable[[str, MakeUnit, Publish], Store[SqlUnit]]
"""From the database URL, the factory of units of work, and the callback that publishes commits."""
MAX_KEPT_OPEN = 100


class Connectors(Protocol):
    """Make a connector for outgoing HTTP requests. Called in the event loop."""

    def __call__(self, *, each_once: bool) -> BaseConnector:
        """`each_once`: a new connection for every request, and no limit on how many at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrastructure:
    """The parts that a test or a simulation replaces."""

    clock: Clock
    timers: Timers
    ids: Ids
    random_bytes: Callable[[int], bytes]
    open_store: OpenStore
    wires: Connectors
    scripts: Callable[[Path, str], Library]
    """Load the scripts, given their folder and the URL of the database, which stores older versions."""


def sockets(*, each_once: bool) -> BaseConnector:
    """Return a connector of real sockets.

    The one POST of a call gets a new connection: one that was kept alive may be dead by then.
    """
    return TCPConnector(force_close=True, limit=0) if each_once else TCPConnector(limit=MAX_KEPT_OPEN)


def real_infrastructure(settings: Settings) -> Infrastructure:
    """Return the infrastructure of a deployment."""
    clock = SystemClock(settings.clock.speed, settings.clock.epoch, settings.clock.epoch_real)
    return Infrastructure(
        clock=clock,
        timers=ApschedulerTimers(clock),
        ids=TimedIds(clock.timestamp, os.urandom),
        random_bytes=os.urandom,
        open_store=partial(open_store, pause=back_off, early=frozenset({Dispatcher.name})),
        wires=sockets,
        scripts=scripts_in_force,
    )
