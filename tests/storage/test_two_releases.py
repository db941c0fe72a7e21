"""Nodes of two releases run on one database: after the next release's `pre` migrations both serve, and its `post` has to
wait until the older ones are gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.storage.next_release import POST, PRE, next_release, ours
from tests.storage.test_schema import store_of
from tests.unit.builders import T0
from tests.unit.desk import wait
from wakeup.domain.errors import StoreDownError
from wakeup.storage.migrate import upgrade
from wakeup.storage.revision import MADE_ANEW, current_revision, needed_revision
from wakeup.storage.revision_check import RevisionCheck
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.store import Store

AT_MOST = 400
"""Cases that are opened beside a migration before the test gives up."""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return next_release(tmp_path / "next")


async def opens(store: Store[SqlUnit], n: int) -> None:
    await store.run(open_case, wait(n, customer_id=f"u_{n}", phone=f"+65812{n:05}"), T0)


async def works_beside(store: Store[SqlUnit], migrating: asyncio.Task[None], first: int) -> int:
    """Open cases until the migration has ended. Returns the number of the next one."""
    n = first
    while n == first or not migrating.done():
        assert n < first + AT_MOST
        await opens(store, n)
        n += 1
    await migrating
    return n


def test_a_node_works_on_while_the_next_release_prepares_the_database(migrated_url: str, theirs: Path) -> None:
    assert needed_revision(lambda: theirs) == PRE, "it serves without its post"

    async def story() -> None:
        store = store_of(migrated_url)
        older = RevisionCheck(migrated_url, ours, store)
        newer = RevisionCheck(migrated_url, lambda: theirs, store)
        await opens(store, 1)
        assert await older.fault() is None
        assert f"the code needs {PRE}" in str(await newer.fault())
        migrating = asyncio.create_task(asyncio.to_thread(upgrade, migrated_url, lambda: theirs, PRE))
        n = await works_beside(store, migrating, 2)
        assert current_revision(migrated_url) == PRE
        assert [await older.fault(), await newer.fault()] == [None, None], "both serve"
        await opens(store, n)
        await asyncio.to_thread(upgrade, migrated_url, lambda: theirs)
        assert current_revision(migrated_url) == POST and await newer.fault() is None
        with pytest.raises((StoreDownError, ProgrammingError)):
            await opens(store, n + 1)
        await store.close()

    asyncio.run(story())


@pytest.mark.parametrize("last", ["0001", "0048"])
def test_a_database_from_before_the_first_release_is_taken_for_none_of_ours(
    migrated_url: str, theirs: Path, last: str
) -> None:
    """Its revisions have numbers that releases have, too."""

    async def story() -> None:
        store = store_of(migrated_url)
        await store.run(
            lambda unit: unit.connection.exec_driver_sql(f"UPDATE schema_revision SET version_num = '{last}'")
        )
        await store.run(
            lambda unit: unit.connection.exec_driver_sql("ALTER TABLE schema_revision RENAME TO alembic_version")
        )
        assert current_revision(migrated_url) is None
        for folder in (ours, lambda: theirs):
            assert await RevisionCheck(migrated_url, folder, store).fault() == MADE_ANEW
        await store.close()

    asyncio.run(story())
