"""`wakeup serve`."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys

from wakeup.domain.errors import ConfigError
from wakeup.ivr.script import ScriptError
from wakeup.runtime.commands.shared import fail, settings_or_exit
from wakeup.runtime.logging import log_uncaught
from wakeup.runtime.roles import Role
from wakeup.runtime.service import Service
from wakeup.runtime.settings import Settings
from wakeup.runtime.surroundings import real_surroundings
from wakeup.storage.demo_mark import is_demo

SWITCH_S = 0.0005
NEW_OBJECTS = 10_000
"""Made more than unmade, before the collector looks at the young ones."""


def serve(roles: frozenset[Role], *, migrate: bool) -> None:
    """Run one process of the service until it is told to stop."""
    settings = settings_or_exit()
    if migrate:
        # Alembic is not carried by a service that runs.
        from wakeup.runtime.commands.migrate import bring_up  # noqa: PLC0415

        bring_up(settings)
    if is_demo(settings.database_url.get_secret_value()):
        fail("this database is a demo's: its passwords were shown on a screen; start with an empty one")
    log_uncaught()
    # On PostgreSQL the Store's writers and the event loop pass each other work all the time: neither may keep the
    # other waiting.
    sys.setswitchinterval(SWITCH_S)
    try:
        asyncio.run(_serve(settings, roles))
    except (ConfigError, ScriptError) as wrong:
        fail(*wrong.faults)


def _settle_memory() -> None:
    """What the service is made of stays, so the collector need not look at it again; and a flood of events makes
    thousands of short-lived objects that are gone before anybody looks."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()


async def _serve(settings: Settings, roles: frozenset[Role]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wish in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wish, told.set)
    service = Service(settings, real_surroundings(settings), roles)
    try:
        await service.start()
        _settle_memory()
        sys.stdout.write(f"listening on {next(iter(service.addresses.values()))}\n")
        sys.stdout.flush()
        await told.wait()
    finally:
        await service.stop()
