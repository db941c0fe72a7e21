"""For commands that do one thing in the service's database: open it, use it, close it, and print errors as one line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from wakeup.cli.commands.shared import explain, fail, settings_or_exit
from wakeup.domain.errors import ConfigError, ConflictError, LockedError, StoreDownError, WakeupError
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.runtime.infrastructure import Infrastructure
    from wakeup.storage.unit_of_work import SqlUnit
    from wakeup.usecases.store import Store

T = TypeVar("T")


def run_in_store(act: Callable[[Store[SqlUnit], Infrastructure], Awaitable[T]]) -> T:
    """Return the result of `act`, or end the process."""
    from wakeup.ivr.script import ScriptError
    from wakeup.runtime.dependencies import unit_dependencies
    from wakeup.runtime.infrastructure import real_infrastructure
    from wakeup.storage.address import shown_address
    from wakeup.storage.open import open_store
    from wakeup.storage.revision import revision_fault
    from wakeup.storage.unit_of_work import unit_maker
    from wakeup.storage.unreachable import failure_reason

    settings = settings_or_exit()
    infra = real_infrastructure(settings)

    async def run() -> T:
        url = settings.database_url.get_secret_value()
        store = open_store(url, unit_maker(unit_dependencies(settings, infra)))
        try:
            await store.ping()
            # Missing tables are reported as such, not as a database failure.
            if (fault := revision_fault(url, lambda: data_folder("migrations"))) is not None:
                fail(fault, code=1)
            return await act(store, infra)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except (ConfigError, ScriptError) as wrong:
        fail(*wrong.faults)
    except ConflictError as wrong:
        fail(f"{wrong.field}: {wrong.reason}", code=1)
    except StoreDownError as down:
        address = shown_address(settings.database_url.get_secret_value())
        locked = f"another transaction holds a lock that this command needs ({down.reason}); try again"
        fail(
            f"WAKEUP_DATABASE_URL {address}: {locked if isinstance(down, LockedError) else failure_reason(down.reason)}"
        )
    except WakeupError as error:
        fail(explain(error), code=1)
