"""PostgreSQL is migrated while nodes run: users of a table are not blocked, and a process that blocks the migration
is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.storage.test_migrate import add, rows
from tests.storage.test_migrate import folder as folder  # noqa: PLC0414 - a fixture
from wakeup.storage.engine import make_engine
from wakeup.storage.migrate import upgrade
from wakeup.storage.migrate_pg import LOCK, TRIES, TURNS, HeldUpError
from wakeup.storage.revision import current_revision

PATIENCE = 20_000
"""Queries of the list of waiting backends before a test gives up; each takes about a millisecond."""
ONLINE = "\nfrom wakeup.storage.online import add_column, create_index, let_go\n"
INDEX = (
    "SELECT indexdef, indisvalid FROM pg_indexes JOIN pg_index ON indexrelid = indexname::regclass WHERE indexname = "
)
STEPS = {
    "0003": (
        "add_column('a', sa.Column('big', sa.Integer)); let_go(); "
        "op.execute('UPDATE a SET big = n + (SELECT count(*) FROM b)')",
        "ALTER TABLE a ADD COLUMN big integer",
    ),
    "0004": ("create_index('b_by_a', 'b', ['a'])", "CREATE INDEX b_by_a ON b (a)"),
    "0005": (
        "create_index('a_known', 'a', ['big'], sa.text('big IS NOT NULL'))",
        "CREATE INDEX a_known ON a (big) WHERE big IS NOT NULL",
    ),
}
"""Migrations of tables that are in use, and what each leaves behind when it is interrupted after its first commit."""


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    yield engine
    engine.dispose()


@contextmanager
def held(engine: Engine, statement: str) -> Iterator[int]:
    """Hold a transaction open after `statement`. Yields the id of its backend process."""
    with engine.connect() as holder:
        holder.exec_driver_sql(statement)
        yield holder.execute(text("SELECT pg_backend_pid()")).scalar_one()


def waits(engine: Engine, pid: int, who: Future[Any]) -> bool:
    """True if the migration waits for the backend `pid`, and did not end without it."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))")
    # Each query runs in its own transaction: within one transaction the list of backends stays as the first query saw
    # it.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as eyes:
        return any(eyes.scalar(asked, {"pid": pid}) for _ in range(PATIENCE) if not who.done())


def does(engine: Engine, statement: str, at_most: str) -> None:
    """Run the statement. Raises when a lock takes longer than `at_most`."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{at_most}'")
        connection.exec_driver_sql(statement)


def test_a_reader_is_not_held_up_by_an_alter_that_waits_for_a_backup(
    engine: Engine, postgres_url: str, folder: Path
) -> None:
    upgrade(postgres_url, lambda: folder, "0001")
    told: Queue[str] = Queue()
    with ThreadPoolExecutor(1) as pool:
        with held(engine, "LOCK TABLE a IN ACCESS SHARE MODE") as backup:
            migrating = pool.submit(upgrade, postgres_url, lambda: folder, "head", told.put)
            assert waits(engine, backup, migrating)
            does(engine, "SELECT * FROM a", at_most="3s")
            said = told.get(timeout=20)
        migrating.result()
    assert said.startswith("the migration after 0001 waits for process ")
    assert f"process {backup} (wakeup, user postgres), in a transaction for " in said
    assert current_revision(postgres_url) == "0002", "by itself, when the backup had ended"


def test_a_migration_that_is_kept_out_names_the_process_and_leaves_the_ones_before_it(
    engine: Engine, postgres_url: str, folder: Path
) -> None:
    add(folder, "0003", "0002", "op.execute(\"SET LOCAL lock_timeout = '5ms'\"); op.drop_table('b')", "pass")
    upgrade(postgres_url, lambda: folder, "0001")
    told: list[str] = []
    with held(engine, "SELECT * FROM b") as reader:
        with pytest.raises(HeldUpError) as why:
            upgrade(postgres_url, lambda: folder, wait=told.append)
        assert f"the migration after 0002 waits for process {reader} (" in str(why.value)
        assert "run `wakeup migrate` the same way again" in str(why.value)
        assert len(told) == TRIES - 1
        assert current_revision(postgres_url) == "0002"
    upgrade(postgres_url, lambda: folder)
    assert current_revision(postgres_url) == "0003"


def test_two_migrations_at_once_take_turns(engine: Engine, postgres_url: str, folder: Path) -> None:
    told: list[str] = []
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")

        def wait(why: str) -> None:
            told.append(why)
            if len(told) == 2:
                other.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")

        upgrade(postgres_url, lambda: folder, wait=wait)
        assert told == ["another `wakeup migrate` is running"] * 2
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        told.clear()
        with pytest.raises(HeldUpError, match="run this again"):
            upgrade(postgres_url, lambda: folder, wait=lambda _why: told.append(""))
        assert len(told) == TURNS


@pytest.fixture
def used(postgres_url: str, folder: Path) -> Path:
    """The test folder with migrations of tables that are in use; the database stands before them, with rows."""
    upgrade(postgres_url, lambda: folder)
    rows(postgres_url, "INSERT INTO a VALUES (1), (2)")
    rows(postgres_url, "INSERT INTO b VALUES (1)")
    for revision, (step, _) in STEPS.items():
        add(folder, revision, before(revision), step, "pass", ONLINE)
    return folder


def before(revision: str) -> str:
    return f"{int(revision) - 1:04}"


def test_a_writer_goes_on_while_an_index_is_built(engine: Engine, postgres_url: str, used: Path) -> None:
    upgrade(postgres_url, lambda: used, "0003")
    with ThreadPoolExecutor(1) as pool:
        with held(engine, "LOCK TABLE b IN ROW EXCLUSIVE MODE") as writer:
            migrating = pool.submit(upgrade, postgres_url, lambda: used, "0004")
            assert waits(engine, writer, migrating)
            does(engine, "LOCK TABLE b IN ROW EXCLUSIVE MODE", at_most="100ms")
        migrating.result()
    assert rows(postgres_url, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    assert current_revision(postgres_url) == "0004"


def test_a_reader_of_a_table_does_not_wait_for_its_rows_to_be_filled(
    engine: Engine, postgres_url: str, used: Path
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with held(engine, "LOCK TABLE b IN ACCESS EXCLUSIVE MODE") as other:
            migrating = pool.submit(upgrade, postgres_url, lambda: used, "0003")
            assert waits(engine, other, migrating)
            does(engine, "SELECT * FROM a", at_most="100ms")
        migrating.result()
    assert rows(postgres_url, "SELECT n, big FROM a ORDER BY n") == [(1, 2), (2, 3)]


def test_an_index_waits_for_a_backup_and_says_so(
    engine: Engine, postgres_url: str, used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wakeup.storage.online.INDEX_WAIT", "20ms")
    upgrade(postgres_url, lambda: used, "0003")
    told: list[str] = []
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as backup:
        backup.exec_driver_sql("SELECT * FROM a")

        def wait(why: str) -> None:
            told.append(why)
            if len(told) == 2:
                backup.rollback()

        upgrade(postgres_url, lambda: used, "0004", wait)
    assert len(told) == 2 and all("the migration after 0003 waits for process " in why for why in told)
    assert rows(postgres_url, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]


def test_an_index_whose_building_was_cut_off_is_built_anew(postgres_url: str, used: Path) -> None:
    upgrade(postgres_url, lambda: used, "0003")
    rows(postgres_url, "CREATE INDEX b_by_a ON b (a)")
    rows(postgres_url, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'b_by_a'::regclass")
    upgrade(postgres_url, lambda: used, "0004")
    [(found, valid)] = rows(postgres_url, INDEX + "'b_by_a'")
    assert valid and str(found).endswith("(a)")


def test_a_migration_that_was_cut_off_half_way_can_be_run_again(postgres_url: str, used: Path) -> None:
    for revision, (_, half_done) in STEPS.items():
        upgrade(postgres_url, lambda: used, before(revision))
        rows(postgres_url, half_done)
    upgrade(postgres_url, lambda: used)
    found = schema(postgres_url)
    for table in ("b", "a", "schema_revision"):
        rows(postgres_url, f"DROP TABLE {table}")
    upgrade(postgres_url, lambda: used)
    assert schema(postgres_url) == found


def schema(url: str) -> set[tuple[object, ...]]:
    columns = "SELECT table_name, column_name, data_type || is_nullable FROM information_schema.columns"
    return {
        *rows(url, f"{columns} WHERE table_schema = 'public'"),
        *rows(url, "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"),
    }
