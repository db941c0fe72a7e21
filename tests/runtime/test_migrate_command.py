"""Nodes exchanged one by one: what is named `post` waits until no old node is left, and the new ones serve before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.test_shell_acts import Shell
from wakeup.runtime.data_files import data_folder
from wakeup.storage.engine import make_engine
from wakeup.storage.migrate import downgrade
from wakeup.storage.migrate_pg import LOCK, TURNS
from wakeup.storage.revision import needed_revision


def folder() -> Path:
    return data_folder("migrations")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    downgrade(url(shell), folder, "0031")
    return shell


def url(shell: Shell) -> str:
    return shell.environment["WAKEUP_DATABASE_URL"]


def test_before_applies_what_the_code_needs_and_no_more(shell: Shell) -> None:
    assert "the code wants" in shell.complains("agent", "list", code=1)
    for _ in range(2):
        assert "0039" in shell.shows("migrate", "--before")
    assert shell.says("agent", "list") == {"agents": []}, "the last post is still to come"
    assert "0040" in shell.shows("migrate")
    assert "0040" in shell.shows("migrate", "--before"), "nothing is taken back"


def test_whoever_cannot_migrate_is_told_at_each_try_and_what_to_do(
    shell: Shell, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[None] = []
    monkeypatch.setattr("wakeup.runtime.commands.migrate.stand_aside", lambda: rests.append(None))
    shell.environment["WAKEUP_DATABASE_URL"] = postgres_url
    engine = make_engine(postgres_url)
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        said = shell.complains("migrate", "--before", code=1)
    engine.dispose()
    assert said.count("another `wakeup migrate` is at work; trying again") == len(rests) == TURNS
    assert said.endswith("when it has ended, run this again")


def test_a_post_migration_is_not_needed_before_it_is_followed_by_a_pre(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    for name in ("0001_pre_a", "0002_post_b"):
        (tmp_path / "versions" / f"{name}.py").touch()
    assert needed_revision(lambda: tmp_path) == "0001"
    (tmp_path / "versions" / "0003_pre_c.py").touch()
    assert needed_revision(lambda: tmp_path) == "0003"
