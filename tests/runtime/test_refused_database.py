"""A service does not start on a database that a demo has used, nor on an older copy of its own, nor on one from before
the first release."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.scenario.world import environment
from tests.storage.migrated import migrated_file
from tests.storage.test_anchorer import NODE
from tests.storage.test_older_copy import copied
from tests.storage.test_schema import AUDIT_KEY, told
from tests.unit.builders import T0
from wakeup.cli.app import app
from wakeup.cli.commands import serving
from wakeup.runtime.roles import Role
from wakeup.runtime.settings.settings import load_settings
from wakeup.storage.demo_mark import DEMO
from wakeup.storage.engine import connected
from wakeup.storage.revision import MADE_ANEW

ALL = frozenset(Role)
NEVER = "the service must not start"


def settings_of(folder: Path, url: str) -> dict[str, str]:
    audit_key = base64.b64encode(AUDIT_KEY).decode()
    core, phone = "http://127.0.0.1:1", "http://127.0.0.1:2"
    found = environment(folder, phone, core, WAKEUP_DATABASE_URL=url, WAKEUP_KEYS__AUDIT=audit_key)
    return found | {"WAKEUP_NODE__NAME": NODE}


@pytest.fixture(autouse=True)
def _no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        raise AssertionError(NEVER)

    monkeypatch.setattr(serving, "_serve", never)


def refused(given: dict[str, str], capsys: pytest.CaptureFixture[str], roles: frozenset[Role] = ALL) -> str:
    with pytest.raises(SystemExit) as ended:
        serving._run(load_settings(given), roles, migrate=False)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_an_older_copy_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = settings_of(tmp_path, copied(tmp_path, tmp_path / "anchors.jsonl"))
    assert "begin-anew" in refused(given, capsys)
    checked = CliRunner().invoke(app, ["config", "check"], env=given)
    assert checked.exit_code == 2 and "begin-anew" in checked.output


def test_a_demos_database_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}"
    told(url, lambda store: store.run(lambda unit: unit.admin.add(DEMO, "demo", T0)))
    assert "demo" in refused(settings_of(tmp_path, url), capsys, frozenset({Role.API}))


@pytest.mark.parametrize(("name", "newest"), [("alembic_version", "0048"), ("schema_revision", "0001")])
def test_a_database_from_before_the_first_release_is_refused_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, newest: str
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}"
    with connected(url) as connection, connection.begin():
        connection.exec_driver_sql(f"ALTER TABLE schema_version RENAME TO {name}")
        connection.exec_driver_sql(f"UPDATE {name} SET version_num = '{newest}'")
    given = settings_of(tmp_path, url)
    assert refused(given, capsys, frozenset({Role.API})) == f"{MADE_ANEW}\n"
    for words, code in (
        (["migrate"], 2),
        (["migrate", "--before"], 2),
        (["config", "check"], 2),
        (["agent", "list"], 1),
    ):
        said = CliRunner().invoke(app, words, env=given)
        assert (said.exit_code, said.output) == (code, f"{MADE_ANEW}\n")
    with pytest.raises(SystemExit):
        serving._run(load_settings(given), ALL, migrate=True)
    assert capsys.readouterr().err == f"{MADE_ANEW}\n"
