"""Opens the Store that fits a database URL."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from wakeup.storage.engine import in_memory, make_engine, make_engines
from wakeup.storage.jobs import Pause, U, no_pause
from wakeup.storage.publish import Publish, publish_nothing
from wakeup.storage.sqlite_inline import InlineStore
from wakeup.storage.sqlite_loop import READERS, LoopStore
from wakeup.usecases.store import Store


def open_store(
    url: str,
    make_unit: Callable[[Connection], U],
    publish: Publish = publish_nothing,
    *,
    early: frozenset[str] = frozenset(),
    inline: bool = False,
    pause: Pause = no_pause,
) -> Store[U]:
    """Open a running Store for `url`; the caller closes it. A database in memory is always served inline.

    `early`: see `LoopStore`. On PostgreSQL it has no effect, because several processes share the database.
    """
    if url.startswith("postgresql"):
        # The driver's client library is large, so a node on SQLite does not load it.
        from wakeup.storage.pg_store import READERS as PG_READERS  # noqa: PLC0415
        from wakeup.storage.pg_store import WRITERS, PgStore  # noqa: PLC0415

        engines = make_engines(url, writers=WRITERS, readers=PG_READERS)
        return PgStore(engines, make_unit, publish, pause=pause)
    if inline or in_memory(url):
        return InlineStore(make_engine(url), make_unit, publish)
    return LoopStore(make_engines(url, writers=1, readers=READERS), make_unit, publish, early=early)
