"""PostgreSQL is migrated while nodes run: users of a table are not blocked, and a process that blocks the migration
is named.
"""

from __future__ import annotations

import ast
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
from wakeup.runtime.data_files import data_folder
from wakeup.storage.engine import make_engine
from wakeup.storage.migrate import downgrade, upgrade
from wakeup.storage.migrate_pg import LOCK, TRIES, TURNS, HeldUpError
from wakeup.storage.revision import current_revision

PATIENCE = 20_000
"""Queries of the list of waiting backends before a test gives up; each takes about a millisecond."""
INDEX = (
    "SELECT indexdef, indisvalid FROM pg_indexes JOIN pg_index ON indexrelid = indexname::regclass WHERE indexname = "
)
HALF_DONE = {
    "0004": "ALTER TABLE cases ADD COLUMN rung_at timestamptz, ADD COLUMN family_risk boolean NOT NULL DEFAULT false",
    "0005": "ALTER TABLE attempts ADD COLUMN worth integer NOT NULL DEFAULT 47, ADD COLUMN turn integer NOT NULL DEFAULT 0",
    "0013": "ALTER TABLE cases ADD COLUMN family_worried boolean NOT NULL DEFAULT false",
    "0025": "CREATE INDEX attempts_to_check_new ON attempts (check_at, state) WHERE check_at IS NOT NULL",
    "0029": "ALTER TABLE customers ADD COLUMN family_risk boolean NOT NULL DEFAULT false",
    "0034": "CREATE INDEX sms_by_customer ON sms (customer_id)",
    "0036": "ALTER TABLE outbox ADD COLUMN late_at timestamptz",
    "0037": "CREATE INDEX early_news_by_time ON early_news (received_at)",
    "0041": "ALTER TABLE cases ADD COLUMN person_due_at timestamptz",
}
"""What a migration leaves behind that was interrupted after its first commit."""


def migrations() -> Path:
    return data_folder("migrations")


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


def test_a_writer_goes_on_while_an_index_is_built(migrated_postgres_url: str) -> None:
    downgrade(migrated_postgres_url, migrations, "0033")
    engine = make_engine(migrated_postgres_url)
    with ThreadPoolExecutor(1) as pool:
        with held(engine, "LOCK TABLE sms IN ROW EXCLUSIVE MODE") as writer:
            migrating = pool.submit(upgrade, migrated_postgres_url, migrations, "0034")
            assert waits(engine, writer, migrating)
            does(engine, "LOCK TABLE sms IN ROW EXCLUSIVE MODE", at_most="100ms")
        migrating.result()
    engine.dispose()
    assert rows(migrated_postgres_url, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    assert current_revision(migrated_postgres_url) == "0034"


@pytest.mark.parametrize(
    ("revision", "altered", "read"), [("0013", "cases", "confirmations"), ("0029", "customers", "cases")]
)
def test_a_reader_of_a_table_does_not_wait_for_its_rows_to_be_filled(
    migrated_postgres_url: str, revision: str, altered: str, read: str
) -> None:
    downgrade(migrated_postgres_url, migrations, f"{int(revision) - 1:04}")
    engine = make_engine(migrated_postgres_url)
    with ThreadPoolExecutor(1) as pool:
        with held(engine, f"LOCK TABLE {read} IN ACCESS EXCLUSIVE MODE") as other:
            migrating = pool.submit(upgrade, migrated_postgres_url, migrations, revision)
            assert waits(engine, other, migrating)
            does(engine, f"SELECT * FROM {altered}", at_most="100ms")
        migrating.result()
    engine.dispose()
    assert current_revision(migrated_postgres_url) == revision


def test_an_index_waits_for_a_backup_and_says_so(migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wakeup.storage.online.INDEX_WAIT", "20ms")
    downgrade(migrated_postgres_url, migrations, "0033")
    engine = make_engine(migrated_postgres_url)
    told: list[str] = []
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as backup:
        backup.exec_driver_sql("SELECT * FROM transfers")

        def wait(why: str) -> None:
            told.append(why)
            if len(told) == 2:
                backup.rollback()

        upgrade(migrated_postgres_url, migrations, "0034", wait)
    engine.dispose()
    assert len(told) == 2 and all("the migration after 0033 waits for process " in why for why in told)
    assert rows(migrated_postgres_url, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]


def test_an_index_whose_building_was_cut_off_is_built_anew(migrated_postgres_url: str) -> None:
    downgrade(migrated_postgres_url, migrations, "0033")
    rows(migrated_postgres_url, "CREATE INDEX sms_by_customer ON sms (customer_id)")
    rows(migrated_postgres_url, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sms_by_customer'::regclass")
    upgrade(migrated_postgres_url, migrations, "0034")
    [(found, valid)] = rows(migrated_postgres_url, INDEX + "'sms_by_customer'")
    assert valid and str(found).endswith("(customer_id)")


def test_a_migration_that_was_cut_off_half_way_can_be_run_again(migrated_postgres_url: str) -> None:
    whole = schema(migrated_postgres_url)
    downgrade(migrated_postgres_url, migrations, "0003")
    for revision, statement in HALF_DONE.items():
        upgrade(migrated_postgres_url, migrations, f"{int(revision) - 1:04}")
        rows(migrated_postgres_url, statement)
        upgrade(migrated_postgres_url, migrations, revision)
    upgrade(migrated_postgres_url, migrations)
    assert schema(migrated_postgres_url) == whole


def schema(url: str) -> set[tuple[object, ...]]:
    columns = "SELECT table_name, column_name, data_type || is_nullable FROM information_schema.columns"
    return {
        *rows(url, f"{columns} WHERE table_schema = 'public'"),
        *rows(url, "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"),
    }


@pytest.mark.parametrize("path", sorted((migrations() / "versions").glob("*.py")), ids=lambda path: path.stem)
def test_an_index_on_a_table_that_was_there_is_built_beside_its_writers(path: Path) -> None:
    upwards = [step for step in ast.parse(path.read_text()).body if getattr(step, "name", "") != "downgrade"]
    calls = [node for step in upwards for node in ast.walk(step) if isinstance(node, ast.Call)]
    made = {ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "op.create_table"}
    indexed = {ast.unparse(call.args[1]) for call in calls if ast.unparse(call.func) == "op.create_index"}
    assert indexed <= made, "see wakeup.storage.online"
