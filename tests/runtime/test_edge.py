"""A wrong path, port or database is reported in one line that names its setting, and is not reported as an audit
fault.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import InternalError

from tests.scenario.world import environment
from tests.storage.migrated import migrated_file
from wakeup.cli.app import main
from wakeup.cli.edge import INTERRUPTED, told_at_the_edge
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.infrastructure import real_infrastructure
from wakeup.runtime.service import Service
from wakeup.runtime.settings.settings import load_settings
from wakeup.storage.instance_lock import TAKEN, instance_lock

Told = tuple[int, str]


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder, and settings of a service whose database does not exist yet."""
    for name in [name for name in os.environ if name.startswith("WAKEUP_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:1").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    mask = os.umask(0o022)
    yield tmp_path
    os.umask(mask)


@pytest.fixture
def migrated(at_home: Path) -> Path:
    """The working folder with a migrated database, where only the rest of a start matters."""
    shutil.copy(migrated_file(), at_home / "wakeup.db")
    return at_home


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> Told:
    """Return the exit code and what was written to standard error."""
    monkeypatch.setattr(sys, "argv", ["wakeup", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(str(end.value.code)), capsys.readouterr().err


def test_a_database_that_was_not_brought_up_is_not_called_tampered(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(monkeypatch, capsys, "audit", "verify")
    assert code == 2
    assert said.startswith(f"WAKEUP_DATABASE_URL sqlite:///{at_home}/wakeup.db: lacks what this version needs")
    assert said.endswith("run `wakeup migrate` first\n") and said.count("\n") == 1


@pytest.mark.parametrize("words", [("audit", "verify"), ("migrate",), ("serve",), ("config", "check")])
@pytest.mark.parametrize(
    ("url", "shown", "why"),
    [
        ("sqlite:////tmp", "sqlite:////tmp", "unable to open database file"),
        (
            "postgresql+psycopg://us:geheim@127.0.0.1:1/books?passfile=geheim",
            "postgresql+psycopg://us:********@127.0.0.1:1/books?********",
            "Connection refused",
        ),
    ],
)
def test_a_database_out_of_reach_is_named_by_its_setting(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...], url: str, shown: str, why: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("WAKEUP_DATABASE_URL", url)
    code, said = run(monkeypatch, capsys, *words)
    assert code == 2
    assert said.startswith(f"WAKEUP_DATABASE_URL {shown}: cannot be used (")
    assert why in said and "geheim" not in said and said.count("\n") == 1


@pytest.mark.parametrize("words", [("serve", "--migrate"), ("config", "check")])
def test_a_policy_that_an_older_version_took_is_told_by_file_line_and_way_out(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    shipped = (data_folder("config") / "policy.toml").read_text()
    (at_home / "ours.toml").write_text(shipped.replace("\nUS = 3\n", "\nUS = 5\n"))
    monkeypatch.setenv("WAKEUP_POLICY__FILE", str(at_home / "ours.toml"))
    code, said = run(monkeypatch, capsys, *words)
    line = shipped[: shipped.index("\nUS = 3\n")].count("\n") + 2
    assert (code, said) == (
        2,
        f"ours.toml:{line}: calling.per_number_3_days.US: must be at most 3, the legal limit in this region; "
        "write 3 or remove the line\n",
    )


def test_a_command_names_the_setting_of_a_database_out_of_reach(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAKEUP_DATABASE_URL", "postgresql+psycopg://us:geheim@127.0.0.1:1/books")
    code, said = run(monkeypatch, capsys, "report")
    assert code == 2
    assert said == (
        "WAKEUP_DATABASE_URL postgresql+psycopg://us:********@127.0.0.1:1/books: the database failed "
        "(OperationalError), so nothing that this command was to do counts as done; `wakeup config check` names the cause\n"
    )


@pytest.mark.parametrize("words", [("report",), ("outbox", "list"), ("audit", "verify"), ("config", "check")])
def test_a_damaged_file_is_called_damaged_and_points_to_the_restore(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    whole = (migrated / "wakeup.db").read_bytes()
    # The first page, with the header, stays as it is.
    (migrated / "wakeup.db").write_bytes(whole[:4096] + b"\xad" * (len(whole) - 4096))
    code, said = run(monkeypatch, capsys, *words)
    assert code == 2
    assert f"WAKEUP_DATABASE_URL sqlite:///{migrated}/wakeup.db: is damaged (" in said
    assert said.endswith("; see Restore in docs/operations.md\n") and said.count("\n") == 1


def test_a_fresh_checkout_needs_no_folder_made_by_hand(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAKEUP_DATABASE_URL", "sqlite:///var/wakeup.db")
    assert run(monkeypatch, capsys, "migrate") == (0, "")
    assert (at_home / "var" / "wakeup.db").is_file()
    assert (at_home / "var").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_database_is_refused_in_one_line(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (at_home / "wakeup.db").write_text("no database at all, and long enough to be looked at as one\n" * 20)
    code, said = run(monkeypatch, capsys, "audit", "verify")
    assert (code, "file is not a database" in said, said.count("\n")) == (2, True, 1)


def test_an_anchors_path_that_is_a_folder_is_refused(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(monkeypatch, capsys, "audit", "verify", "--anchors", at_home)
    assert (code, said) == (2, f"{at_home}: Is a directory; give a file\n")


@pytest.mark.parametrize(
    ("anchors", "allowed", "why"),
    [
        ("anchors.jsonl", True, None),
        ("not/there/yet.jsonl", True, None),
        ("kept.jsonl", True, None),
        ("", True, "Is a directory"),
        ("kept.jsonl/anchors.jsonl", True, "Not a directory"),
        ("kept.jsonl", False, "Permission denied"),
        ("not/there/yet.jsonl", False, "Permission denied"),
    ],
)
def test_anchors_that_could_not_be_written_are_told_by_the_check(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    anchors: str, allowed: bool, why: str | None,
) -> None:  # fmt: skip
    (at_home / "kept.jsonl").touch()
    monkeypatch.setenv("WAKEUP_AUDIT__ANCHORS_FILE", str(at_home / anchors))
    # The user who runs the tests may be root, who may write everywhere.
    monkeypatch.setattr("os.access", lambda _place, _how: allowed)
    # The database would lie in the same folder. What the scripts say is another part of the check, and the slowest.
    monkeypatch.setattr("wakeup.storage.writable.why_not_writable", lambda _database_url: None)
    monkeypatch.setattr("wakeup.runtime.scripts.published.scripts_in_force", lambda _folder, _database_url: None)
    fault = f"WAKEUP_AUDIT__ANCHORS_FILE: {at_home / anchors}: cannot be written: {why}\n"
    assert run(monkeypatch, capsys, "config", "check") == ((0, "") if why is None else (2, fault))
    assert [path.name for path in at_home.iterdir()] == ["kept.jsonl"], "looking makes nothing"


@pytest.mark.parametrize("command", ["feed", "demo"])
def test_a_folder_that_is_a_file_is_refused_in_one_line(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (at_home / "var").write_text("a file")
    (at_home / "day.ndjson").write_text("{}\n")
    words = {"feed": ("feed", "day.ndjson"), "demo": ("demo", "--exit", "--folder", at_home / "var")}[command]
    code, said = run(monkeypatch, capsys, *words)
    assert (code, said.count("\n")) == (2, 1)
    assert "var" in said and said.endswith("; give a folder\n")


def test_a_port_that_is_taken_is_named_by_its_setting(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("WAKEUP_HTTP__API_PORT", port)
        code, said = run(monkeypatch, capfd, "serve")
    assert code == 2
    assert f"WAKEUP_HTTP__API_PORT {port}: cannot listen on 127.0.0.1: " in said
    assert "Traceback" not in said


def test_an_address_of_another_machine_is_named_by_its_setting(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """TEST-NET: no machine has this address."""
    monkeypatch.setenv("WAKEUP_HTTP__INSIDE_HOST", "192.0.2.1")
    code, said = run(monkeypatch, capfd, "serve")
    assert code == 2
    assert "WAKEUP_HTTP__INSIDE_HOST 192.0.2.1: cannot listen there: " in said


def test_books_that_cannot_be_read_to_their_end_are_not_called_tampered(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks_off(*_: object, **__: object) -> None:
        raise InternalError("FETCH", None, psycopg.errors.IdleInTransactionSessionTimeout())

    monkeypatch.setattr("wakeup.runtime.audit_verify.find_faults", breaks_off)
    code, said = run(monkeypatch, capsys, "audit", "verify")
    assert (code, said.count("\n")) == (2, 1)
    assert "25P03" in said


def test_a_bad_line_in_the_ledger_is_said_by_diff_too(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (at_home / "published.jsonl").write_text("{\n")
    code, said = run(monkeypatch, capsys, "scripts", "diff", "generic", "--folder", at_home)
    assert code == 2
    assert "published.jsonl:1" in said and "is not a line of a ledger" in said


def test_a_folder_that_is_not_ours_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end, told_at_the_edge():
        raise PermissionError(errno.EACCES, "Permission denied", "var")
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("var: Permission denied; give this user the permission, or")


@pytest.mark.parametrize("error", [ValueError("ours"), TimeoutError(), KeyError("ours")])
def test_an_error_in_the_program_keeps_its_traceback(error: Exception) -> None:
    with pytest.raises(type(error)), told_at_the_edge():
        raise error


CTRL_C = """
import os, runpy, signal, sys

class Press:
    def find_spec(self, name, path, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)

program, wanted = sys.argv[1:3]
sys.argv = ["wakeup", *sys.argv[3:]]
sys.meta_path.insert(0, Press())
runpy.run_module(program, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("read", "words"),
    [
        ("typer", ("serve",)),
        ("wakeup.cli.app", ("demo",)),
        ("wakeup.cli.commands.serve", ("serve",)),
        ("wakeup.cli.commands.serving", ("serve",)),
        ("wakeup.cli.commands.demo", ("demo", "--exit")),
    ],
)
def test_ctrl_c_while_the_program_is_read_leaves_no_traceback(at_home: Path, read: str, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", CTRL_C, "wakeup", read, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    # If the signal arrives in code that a library runs from text, Python ends itself by the signal. To a shell both
    # are the same.
    assert done.returncode in {INTERRUPTED, -signal.SIGINT}
    assert (done.stdout, done.stderr) == ("", "")


def test_ctrl_c_before_the_command_listens_for_it_leaves_no_traceback() -> None:
    with pytest.raises(SystemExit) as end, told_at_the_edge():
        raise KeyboardInterrupt
    assert end.value.code == INTERRUPTED


def serves(streams: str, **given: Any) -> subprocess.Popen[bytes]:
    """A separate service process, with these shell redirections."""
    command = ["/bin/sh", "-c", f'exec "$0" -m wakeup serve {streams}', sys.executable]
    return subprocess.Popen(command, stdout=subprocess.PIPE, **given)


def told_to_stop(service: subprocess.Popen[bytes]) -> int:
    """Wait until the service listens, stop it, and return its exit code."""
    assert service.stdout is not None
    try:
        ready, _, _ = select.select([service.stdout], [], [], 60)
        assert ready and service.stdout.readline().startswith(b"listening on")
        service.send_signal(signal.SIGTERM)
        return service.wait(60)
    finally:
        service.kill()
        service.wait()
        service.stdout.close()


def test_a_service_that_is_not_ready_says_why_before_it_says_that_it_listens(at_home: Path) -> None:
    words = [sys.executable, "-m", "wakeup", "serve"]
    log = at_home / "serve.log"
    with log.open("wb") as told, subprocess.Popen(words, stdout=subprocess.PIPE, stderr=told) as service:
        assert told_to_stop(service) == 0
    [line] = [line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == "not_ready"]
    assert line["level"] == "error"
    assert line["reason"].startswith("the database is at revision None") and line["reason"].endswith("`wakeup migrate`")


def test_a_database_that_fails_at_the_start_is_a_reason_and_no_end(tmp_path: Path) -> None:
    settings = load_settings(environment(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2"))
    service = Service(settings, real_infrastructure(settings))
    (tmp_path / "wakeup.db").write_bytes(b"no database" * 100)
    assert "cannot be used (file is not a database)" in str(asyncio.run(service.behind()))


def test_a_second_service_on_the_same_file_is_refused_before_it_touches_anything(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both would sign the same anchors, each would take the other's running calls for its own, and neither would
    wake the other for new events.
    """
    (migrated / "link.db").symlink_to(migrated / "wakeup.db")
    first = serves("")
    assert first.stdout is not None and first.stdout.readline().startswith(b"listening on")
    try:
        for name in ("wakeup.db", "link.db"):
            url = f"sqlite:///{migrated / name}"
            monkeypatch.setenv("WAKEUP_DATABASE_URL", url)
            assert run(monkeypatch, capsys, "serve", "--migrate") == (2, f"WAKEUP_DATABASE_URL {url}: {TAKEN}\n")
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    assert (migrated / "wakeup.db.serving").stat().st_mode & 0o777 == 0o600
    # A service that died holds the lock no longer.
    with instance_lock(f"sqlite:///{migrated / 'wakeup.db'}"):
        pass


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (errno.EACCES, "WAKEUP_DATABASE_URL sqlite:///{home}/wakeup.db: " + TAKEN),
        (errno.ENOLCK, "{home}/wakeup.db.serving: No locks available"),
    ],
)
def test_a_lock_that_the_file_system_refuses_is_reported_with_its_file(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: int, told: str
) -> None:
    """Some file systems report "permission denied" for a lock that another process holds, and some have no locks."""

    def refuses(_file: int, _how: int) -> None:
        raise OSError(said, os.strerror(said))

    monkeypatch.setattr("fcntl.lockf", refuses)
    assert run(monkeypatch, capsys, "serve", "--migrate") == (2, told.format(home=at_home) + "\n")
    assert not (at_home / "wakeup.db").exists()


def test_a_service_whose_log_is_not_read_starts_works_and_ends(migrated: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    try:
        assert told_to_stop(serves("", stderr=writing)) == 0
    finally:
        os.close(reading)
        os.close(writing)


def test_a_service_without_a_channel_for_errors_starts(migrated: Path) -> None:
    assert told_to_stop(serves("2>&- <&-")) == 0
