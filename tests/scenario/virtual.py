"""The infrastructure of a service in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from wakeup.runtime.infrastructure import Connectors, Infrastructure
from wakeup.runtime.scripts.published import scripts_in_force
from wakeup.simulation.virtual_time import LoopClock, LoopTimers
from wakeup.storage.open import open_store
from wakeup.usecases.unit import Ids


def virtual_infrastructure(
    epoch: datetime, ids: Ids, random_bytes: Callable[[int], bytes], wires: Connectors
) -> Infrastructure:
    """Return the infrastructure for a virtual event loop: no wall clock, no threads."""
    clock = LoopClock(epoch)
    return Infrastructure(
        clock=clock,
        timers=LoopTimers(clock),
        ids=ids,
        random_bytes=random_bytes,
        open_store=partial(open_store, inline=True),
        wires=wires,
        scripts=scripts_in_force,
    )
