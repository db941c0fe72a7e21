"""Erasures are recorded outside the database, and no erased key is left in the database's log."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.builders import T0
from wakeup.domain.ids import CustomerId
from wakeup.storage.erasures import Erasure, drop_old_pages, erasures_file, note_erasures, read_erasures

KEY = b"a" * 32
ONE = Erasure(CustomerId("u_1"), T0)
TWO = Erasure(CustomerId("王 2"), T0 + timedelta(seconds=1))


def test_the_erasures_file_is_read_again_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = erasures_file(tmp_path / "anchors.jsonl")
    note_erasures(path, KEY, [ONE])
    note_erasures(path, KEY, [TWO])
    assert read_erasures(path, KEY) == ([ONE, TWO], [])
    assert path.name == "anchors.jsonl.erasures" and path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", [("u_1", "u_3"), ('"v":1', '"v":2'), ("}", "} "), ("u_1", "u_1" + chr(10))])
def test_an_altered_line_erases_no_customer(tmp_path: Path, change: tuple[str, str]) -> None:
    path = tmp_path / "erasures"
    note_erasures(path, KEY, [ONE])
    note_erasures(path, KEY, [TWO])
    path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    kept = read_erasures(path, KEY)
    assert kept.erasures == [TWO] and kept.wrong[0] == 1, "and keeps nobody else from being erased"
    note_erasures(other := tmp_path / "other", b"b" * 32, [ONE])
    assert read_erasures(other, KEY) == ([], [1])


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "erasures"
    note_erasures(path, KEY, [ONE])
    path.write_bytes(path.read_bytes()[:kept])
    note_erasures(path, KEY, [TWO])
    assert read_erasures(path, KEY).erasures == ([ONE, TWO] if kept == -1 else [TWO])


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file grows beyond this size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_line_that_the_full_disk_cuts_off_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "erasures"
    note_erasures(path, KEY, [ONE])
    with disk_of(path.stat().st_size + 20), pytest.raises(OSError, match="too large") as caught:
        note_erasures(path, KEY, [TWO])
    assert caught.value.filename == str(path)
    assert read_erasures(path, KEY) == ([ONE], [2])
    note_erasures(path, KEY, [TWO])
    assert read_erasures(path, KEY) == ([ONE, TWO], [2])


def test_an_erasure_is_written_down_before_the_first_anchor(tmp_path: Path) -> None:
    path = erasures_file(tmp_path / "var" / "audit" / "anchors.jsonl")
    note_erasures(path, KEY, [ONE])
    assert read_erasures(path, KEY) == ([ONE], [])


def test_lines_that_cannot_be_read_are_reported_and_erase_no_customer(tmp_path: Path) -> None:
    path = tmp_path / "erasures"
    path.write_bytes(b"\xff\xfe\n[]\n1\n")
    assert read_erasures(path, KEY) == ([], [1, 2, 3])


def test_an_erased_key_does_not_stay_in_the_log_while_the_service_runs(tmp_path: Path) -> None:
    file = tmp_path / "wakeup.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as service:
        service.execute("PRAGMA journal_mode=WAL")
        service.execute("CREATE TABLE customers (wrapped_key BLOB)")
        service.execute("INSERT INTO customers VALUES ('the wrapped key')")
        service.execute("DELETE FROM customers")
        log = tmp_path / "wakeup.db-wal"
        assert b"the wrapped key" in log.read_bytes()
        assert drop_old_pages(f"sqlite:///{file}")
        assert log.read_bytes() == b""
        service.execute("BEGIN IMMEDIATE")
        service.execute("INSERT INTO customers VALUES ('another')")
        assert not drop_old_pages(f"sqlite:///{file}"), "nobody waits for it"
        service.execute("COMMIT")
    assert drop_old_pages("postgresql+psycopg://nowhere/none")
