"""`wakeup config check` names a database that accepts no writes, and changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.scenario.world import environment
from tests.storage.migrated import migrated_file
from tests.storage.sample_table import Repository
from tests.storage.test_store_pg import takes
from tests.storage.test_store_sqlite import full
from wakeup.cli.app import app
from wakeup.storage.engine import connected
from wakeup.storage.writable import why_not_writable

NOWHERE = "http://127.0.0.1:1"


def test_a_database_that_accepts_writes_stays_as_it_is(migrated_url: str) -> None:
    assert why_not_writable(migrated_url) is None
    with connected(migrated_url) as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM schema_version").all()
    assert len(found) == 1


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}"
    with connected(url) as service:
        service.exec_driver_sql("PRAGMA user_version = 7")
        with full(f"{tmp_path / 'wakeup.db'}-wal"):
            checked = CliRunner().invoke(app, ["config", "check"], env=environment(tmp_path, NOWHERE, NOWHERE))
            assert checked.exit_code == 2 and "accepts no writes (disk I/O error)" in checked.output
        assert why_not_writable(url) is None
        assert service.exec_driver_sql("PRAGMA user_version").scalar() == 7


def test_a_server_that_is_read_only_is_named(migrated_postgres_url: str) -> None:
    assert why_not_writable(migrated_postgres_url) is None
    takes(Repository(kind="postgres", url=migrated_postgres_url), writes=False)
    assert "accepts no writes (25006: the server is a standby or read-only)" in str(
        why_not_writable(migrated_postgres_url)
    )


@pytest.mark.parametrize(
    ("file", "allowed", "why"),
    [
        ("wakeup.db", False, "Permission denied"),
        ("not/there/yet/wakeup.db", False, "Permission denied"),
        ("kept/wakeup.db", True, "Not a directory"),
        ("not/there/yet/wakeup.db", True, None),
    ],
)
def test_a_file_that_could_not_be_created_is_told_by_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, allowed: bool, why: str | None
) -> None:
    (tmp_path / "kept").touch()
    # The user who runs the tests may be root, who may write everywhere.
    monkeypatch.setattr("os.access", lambda _place, _how: allowed)
    url = f"sqlite:///{tmp_path / file}"
    assert why_not_writable(url) == (None if why is None else f"WAKEUP_DATABASE_URL {url}: cannot be created: {why}")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"], "looking makes nothing"


def test_a_file_that_does_not_exist_yet_is_no_reason_and_is_not_created(tmp_path: Path) -> None:
    assert why_not_writable(f"sqlite:///{tmp_path / 'wakeup.db'}") is None
    assert list(tmp_path.iterdir()) == []
