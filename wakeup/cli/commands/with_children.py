"""For commands that start processes: SIGTERM also ends the child processes, and errors are printed as one line."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from wakeup.cli.commands.shared import explain, fail
from wakeup.domain.errors import ConfigError, WakeupError


def database_of(option: str | None, *, server: bool = False) -> str | None:
    """Return the URL given with `--database`. End the process before anything is made when it is none, or not a
    server's where one is needed."""
    if option is None:
        return None
    from wakeup.runtime.settings.types import read_database_url
    from wakeup.storage.engine import file_of

    try:
        url: str = read_database_url(option)
    except ValueError as wrong:
        fail(f"--database: {wrong}")
    if server and file_of(url) is not None:
        fail("--database: must be postgresql+psycopg://user:password@host/database, as several nodes need a server")
    return url


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """Print errors as one line, and turn SIGTERM into an interrupt.

    Use it around the whole command, from the first moment on, so that a database that is just starting is not left
    behind.
    """
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        yield
    except ConfigError as wrong:
        fail(*wrong.faults)
    except WakeupError as error:
        fail(explain(error), code=1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        fail("stopped before every transfer was decided", code=130)


def end_with_us() -> None:
    """Make SIGTERM cancel the current task of the event loop, which then ends the children."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _interrupted(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
