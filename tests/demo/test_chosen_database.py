"""`--database` of demo, cluster and soak: what is wrong with it is told by its own name, before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from wakeup.cli.app import app
from wakeup.cli.edge import told_at_the_edge

REFUSED = "postgresql+psycopg://us:geheim@127.0.0.1:1/books?passfile=geheim"
SHOWN = "--database postgresql+psycopg://us:********@127.0.0.1:1/books?********: cannot be used ("
NO_URL = "--database: must be sqlite:///file or postgresql+psycopg://user:password@host/database"
NO_SERVER = "--database: must be postgresql+psycopg://user:password@host/database, as several nodes need a server"


@pytest.mark.parametrize(
    ("command", "url", "said"),
    [
        *((command, "nonsense", NO_URL) for command in ("demo", "cluster", "soak")),
        *((command, REFUSED, SHOWN) for command in ("demo", "cluster", "soak")),
        *((command, "sqlite:///x.db", NO_SERVER) for command in ("cluster", "soak")),
    ],
)
def test_a_database_that_will_not_do_is_named_by_its_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, url: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAKEUP_DATABASE_URL", "sqlite:///another.db")

    def edge(*words: str) -> str:
        with told_at_the_edge():
            ended = CliRunner().invoke(app, words, catch_exceptions=False)
        assert ended.exit_code == 2
        return ended.output

    stay = () if command == "soak" else ("--exit",)
    told = edge(command, "--folder", str(tmp_path / "run"), "--database", url, *stay)
    assert told.startswith(said)
    assert told.count("\n") == 1 and "geheim" not in told
    left = [path.name for path in (tmp_path / "run").rglob("*")] if (tmp_path / "run").exists() else []
    assert url == REFUSED or not left, "made something for a database that cannot be one"
