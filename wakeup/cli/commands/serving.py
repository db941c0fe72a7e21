"""What `wakeup serve` does: run one process of the service."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

from wakeup.cli.commands.shared import fail, settings_in_force
from wakeup.domain.errors import ConfigError
from wakeup.ivr.script import ScriptError
from wakeup.runtime.audit_verify import why_older_copy
from wakeup.runtime.infrastructure import real_infrastructure
from wakeup.runtime.logs.setup import in_background, leave_at_once, log_uncaught
from wakeup.runtime.memory import settle_memory, share_one_heap
from wakeup.runtime.open_files import raise_limit
from wakeup.runtime.roles import Role
from wakeup.runtime.service import Service
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.demo_mark import REFUSED, is_demo
from wakeup.storage.instance_lock import instance_lock
from wakeup.storage.revision import why_made_anew

SWITCH_S = 0.0005


def run_node(roles: frozenset[Role], *, migrate: bool) -> None:
    """Serve until told to stop. Ends the process with a line per fault."""
    share_one_heap()
    raise_limit()
    try:
        settings = settings_in_force()
        with instance_lock(settings.database_url.get_secret_value()):
            _run(settings, roles, migrate=migrate)
    except (ConfigError, ScriptError) as wrong:
        fail(*_with_all_others(wrong.faults))


def _with_all_others(faults: Sequence[str]) -> list[str]:
    """Return these faults and all others that would stop the next start."""
    # Imported late: a service that starts needs no checks of its files.
    from wakeup.cli.commands.config import all_faults

    return list(dict.fromkeys([*faults, *all_faults()]))


def _run(settings: Settings, roles: frozenset[Role], *, migrate: bool) -> None:
    if migrate:
        # Imported late: a service that does not migrate does not load Alembic.
        from wakeup.cli.commands.migrate import bring_up

        bring_up(settings)
    database_url = settings.database_url.get_secret_value()
    if (fault := why_made_anew(database_url)) is not None:
        fail(fault)
    if is_demo(database_url):
        fail(REFUSED)
    if Role.DISPATCH in roles and (fault := why_older_copy(settings)) is not None:
        fail(fault)
    log_uncaught()
    # On PostgreSQL the Store's writers and the event loop hand each other work all the time: neither may keep the
    # other waiting.
    sys.setswitchinterval(SWITCH_S)
    with in_background():
        asyncio.run(_serve(settings, roles))


async def _serve(settings: Settings, roles: frozenset[Role]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    # A terminal that is closed sends SIGHUP; under nohup it is ignored, and stays so.
    hung_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    for wish in (signal.SIGTERM, signal.SIGINT, *hung_up):
        loop.add_signal_handler(wish, told.set)
    service = Service(settings, real_infrastructure(settings), roles)
    cut_short = False
    try:
        cut_short = not await _unless(told, _begin(service))
        await told.wait()
    finally:
        await service.stop()
        if cut_short or service.store.left_hanging:
            # At its end Python waits for every thread, and these may wait for a database that hangs.
            leave_at_once(1 if service.store.left_hanging else 0)


async def _begin(service: Service) -> None:
    await service.start()
    settle_memory()
    if (reason := await service.behind()) is not None:
        # It listens all the same, because the migration may follow.
        service.log.error("not_ready", reason=reason)
    sys.stdout.write(f"listening on {next(iter(service.addresses.values()))}\n")
    sys.stdout.flush()


async def _unless(told: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Await the work, and return True. Cancel it and return False when the node is told to stop meanwhile: a
    database that hangs never lets it end."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(told.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        await working
        return True
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return False
