"""What `wakeup demo` refuses. A whole demo runs from the wheel (`test_wheel.py`)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.demo.stage import infrastructure, run_demo
from wakeup.cli.app import app

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]


def refused(said: str, names: str) -> bool:
    return "Traceback" not in said and sum(names in line for line in said.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--cases", "0"], "--cases"),
        (["--speed", "0"], "--speed"),
        (["--speed", "fast"], "--speed"),
        (["--seed", "x"], "--seed"),
        (["--feed", "no such file"], "--feed"),
        (["--database", "mysql://somewhere/else"], "--database"),
    ],
)
def test_a_faulty_option_of_the_demo_is_refused_in_one_clear_line(
    tmp_path: Path, options: list[str], names: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    with pytest.raises(SystemExit) as ended:
        app(["demo", *options, "--exit", "--json", "--folder", str(folder)])
    out, err = capfd.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert refused(err, names), err
    assert list(folder.glob("*.log")) == [], "nobody was started"


def test_a_demo_plays_in_no_books_that_are_in_use(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "ours.db"
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE ours (id INTEGER)")
    before = book.read_bytes()
    for command in ("demo", "cluster"):
        with pytest.raises(SystemExit) as ended:
            app([command, "--exit", "--json", "--folder", str(tmp_path / command), "--database", f"sqlite:///{book}"])
        out, err = capfd.readouterr()
        assert (ended.value.code, out) == (2, "")
        assert refused(err, "--database"), err
    assert book.read_bytes() == before


def test_an_unknown_option_ends_the_process_itself(tmp_path: Path) -> None:
    ended = run_demo(tmp_path / "run", "--nonsense")
    assert (ended.code, ended.out, ended.processes) == (2, "", [])
    assert refused(ended.err, "--nonsense"), ended.err


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    treasure = tmp_path / "mine" / "letter"
    treasure.parent.mkdir()
    treasure.write_text("dear")
    with pytest.raises(SystemExit) as ended:
        app(["demo", "--exit", "--json", "--folder", str(treasure.parent)])
    out, err = capfd.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert str(treasure.parent) in err
    assert treasure.read_text() == "dear"
    assert infrastructure().get("WAKEUP_DATABASE_URL") is None
