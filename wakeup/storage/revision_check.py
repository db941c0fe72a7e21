"""Whether a running service can serve with its database, asked again and again by a load balancer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import column, select, table
from sqlalchemy.exc import ProgrammingError

from wakeup.storage.prepared import Prepared
from wakeup.storage.revision import REVISIONS, needed_revision, why_not_served_yet
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.store import Store

_REVISION = Prepared(select(column("version_num")).select_from(table(REVISIONS)))


class RevisionCheck:
    """Asks a database for its revision, on a connection of its own until it lacks nothing, then through the Store.

    A healthy node must stay ready when another system uses up the server's connections.
    """

    def __init__(self, database_url: str, folder: Callable[[], Path], store: Store[SqlUnit]) -> None:
        self._url, self._folder, self._store = database_url, folder, store
        self._needed: str | None = None
        """What the code needs, once the database has had it."""

    async def fault(self) -> str | None:
        """Return which migration the database lacks, or why it cannot tell; None if it lacks none.

        Raises StoreDownError when the Store cannot ask.
        """
        if self._needed is not None:
            # An older copy, put in its place meanwhile, may even lack the table.
            with suppress(ProgrammingError):
                if (await self._store.run(_stored_revision) or "") >= self._needed:
                    return None
        self._needed = None
        fault = await asyncio.to_thread(why_not_served_yet, self._url, self._folder)
        if fault is None:
            self._needed = needed_revision(self._folder)
        return fault


def _stored_revision(unit: SqlUnit) -> str | None:
    found: str | None = _REVISION.rows(unit.link).scalar()
    return found
