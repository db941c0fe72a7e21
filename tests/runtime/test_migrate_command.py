"""Nodes are replaced one by one: `post` migrations wait until no old node is left, and the new nodes serve before
that.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.runtime.test_shell_acts import Shell
from tests.storage.next_release import LAST, POST, PRE, next_release
from wakeup.runtime.data_files import data_folder
from wakeup.storage.engine import make_engine
from wakeup.storage.instance_lock import BEING_SERVED
from wakeup.storage.migrate_pg import LOCK, TURNS
from wakeup.storage.revision import current_revision, needed_revision


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs commands of the next release on a database of this one."""
    theirs = next_release(tmp_path / "migrations")

    def folder_of_the_next(name: str) -> Path:
        return theirs if name == "migrations" else data_folder(name)

    for module in ("migrate", "with_store", "config"):
        monkeypatch.setattr(f"wakeup.cli.commands.{module}.data_folder", folder_of_the_next)
    return Shell(tmp_path)


def url(shell: Shell) -> str:
    return shell.environment["WAKEUP_DATABASE_URL"]


def test_before_applies_what_the_code_needs_and_no_more(shell: Shell) -> None:
    assert "the code needs" in shell.complains("agent", "list", code=1)
    for _ in range(2):
        assert PRE in shell.shows("migrate", "--before")
    assert shell.says("agent", "list") == {"agents": []}, "the last post is still to come"
    assert POST in shell.shows("migrate")
    assert POST in shell.shows("migrate", "--before"), "nothing is taken back"


def test_a_database_that_a_newer_version_has_migrated_stays_as_it_is(shell: Shell) -> None:
    shell.shows("migrate")
    engine = make_engine(url(shell))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version_num = '9999'")
    engine.dispose()
    for words in (("migrate",), ("migrate", "--before")):
        assert shell.shows(*words) == f"the database is at revision 9999, newer than this version's {POST}\n"


def test_the_check_before_a_start_says_that_a_migration_is_to_come(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "wakeup.cli.commands.config.why_too_few", lambda: None
    )  # the limit of open files is the machine's
    missing = f"the database is at revision {LAST}, the code needs {PRE}; run `wakeup migrate`"
    assert shell.says("config", "check") == {"faults": [], "to_do": [missing]}
    assert missing in " ".join(shell.shows("config", "check").split())
    shell.shows("migrate")
    assert shell.says("config", "check") == {"faults": [], "to_do": []}
    (shell.folder / "wakeup.db").unlink()
    found = shell.says("config", "check")
    assert found == {
        "faults": [],
        "to_do": [f"{shell.folder}/wakeup.db does not exist yet; `wakeup migrate` creates it"],
    }
    assert not (shell.folder / "wakeup.db").exists(), "a check creates nothing"


SERVES = """
import sys
from wakeup.storage.instance_lock import instance_lock

with instance_lock(sys.argv[1]):
    print("serving", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(("words", "reaches"), [(("migrate",), POST), (("migrate", "--before"), PRE)])
def test_nothing_is_migrated_under_a_service_that_runs_on_the_file(
    shell: Shell, words: tuple[str, ...], reaches: str
) -> None:
    with a_service_on(url(shell)):
        assert shell.complains(*words) == f"WAKEUP_DATABASE_URL {url(shell)}: {BEING_SERVED}"
    assert current_revision(url(shell)) == LAST
    assert reaches in shell.shows(*words)
    with a_service_on(url(shell)):
        assert reaches in shell.shows(*words), "there is nothing left to do"


@contextmanager
def a_service_on(database_url: str) -> Iterator[None]:
    # A lock belongs to a process: within this process it would be granted again.
    words = [sys.executable, "-c", SERVES, database_url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None and service.stdout.readline() == b"serving\n"
        yield


@pytest.mark.parametrize("user", [0, 1000])
def test_a_lock_file_that_root_makes_belongs_to_the_owner_of_the_database(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("os.fchown", lambda _lock, owner, group: given.append((owner, group)))
    shell.shows("migrate")
    owner = (shell.folder / "wakeup.db").stat()
    assert given == ([(owner.st_uid, owner.st_gid)] if user == 0 else [])


def test_an_operator_who_cannot_migrate_is_told_at_each_try_and_what_to_do(
    shell: Shell, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[None] = []
    monkeypatch.setattr("wakeup.cli.commands.migrate.stand_aside", lambda: rests.append(None))
    shell.environment["WAKEUP_DATABASE_URL"] = postgres_url
    engine = make_engine(postgres_url)
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        said = shell.complains("migrate", "--before", code=1)
    engine.dispose()
    assert said.count("another `wakeup migrate` is running; trying again") == len(rests) == TURNS
    assert said.endswith("when it has ended, run this again")


def test_a_post_migration_is_not_needed_before_it_is_followed_by_a_pre(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    for name in ("0001_pre_a", "0002_post_b"):
        (tmp_path / "versions" / f"{name}.py").touch()
    assert needed_revision(lambda: tmp_path) == "0001"
    (tmp_path / "versions" / "0003_pre_c.py").touch()
    assert needed_revision(lambda: tmp_path) == "0003"
