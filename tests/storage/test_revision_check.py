"""A node that lacks no migration stays ready without new connections, and notices an older copy of its database."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.desk import dependencies
from wakeup.runtime.data_files import data_folder
from wakeup.storage import revision
from wakeup.storage.engine import connected
from wakeup.storage.open import open_store
from wakeup.storage.revision import needed_revision
from wakeup.storage.revision_check import RevisionCheck
from wakeup.storage.unit_of_work import SqlUnit, unit_maker
from wakeup.usecases.store import Store


def changes(database_url: str, statement: str) -> None:
    with connected(database_url) as connection, connection.begin():
        connection.exec_driver_sql(statement)


def checks(store: Store[SqlUnit], database_url: str) -> RevisionCheck:
    return RevisionCheck(database_url, lambda: data_folder("migrations"), store)


def test_a_node_stays_ready_when_another_system_uses_up_the_connections(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        store = open_store(migrated_url, unit_maker(dependencies()))
        check = checks(store, migrated_url)
        assert await check.fault() is None
        monkeypatch.setattr(revision, "connected", lambda *_: pytest.fail("a new connection"))
        assert await check.fault() is None
        await store.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("statement", "stands"),
    [("UPDATE schema_revision SET version_num = '0000'", "0000"), ("DELETE FROM schema_revision", "None")],
)
def test_an_older_copy_that_took_the_place_of_the_database_is_noticed(
    migrated_url: str, statement: str, stands: str
) -> None:
    async def story() -> None:
        store = open_store(migrated_url, unit_maker(dependencies()))
        check = checks(store, migrated_url)
        needed = needed_revision(lambda: data_folder("migrations"))
        assert await check.fault() is None
        changes(migrated_url, statement)
        fault = f"the database is at revision {stands}, the code needs {needed}; run `wakeup migrate`"
        assert [await check.fault(), await check.fault()] == [fault, fault]
        changes(migrated_url, "DELETE FROM schema_revision")
        changes(migrated_url, f"INSERT INTO schema_revision VALUES ('{needed}')")
        assert await check.fault() is None
        await store.close()

    asyncio.run(story())


def test_an_empty_database_in_its_place_is_noticed_too(migrated_postgres_url: str) -> None:
    async def story() -> None:
        store = open_store(migrated_postgres_url, unit_maker(dependencies()))
        check = checks(store, migrated_postgres_url)
        assert await check.fault() is None
        changes(migrated_postgres_url, "DROP TABLE schema_revision")
        assert "is at revision None" in str(await check.fault())
        await store.close()

    asyncio.run(story())
