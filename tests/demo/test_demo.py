"""`wakeup demo` as its user starts it: real processes, real sockets, a real database, and nobody's name left behind."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from tests.demo.stage import KEYS, Ended, private, run_demo, settings_of, surroundings
from wakeup.runtime.cli import app
from wakeup.runtime.demo.accounts import AGENTS
from wakeup.runtime.proof import find_faults
from wakeup.runtime.settings import load_settings

SPEED = "40"
"""A run lasts as long as its longest window: a family's has twenty minutes, and these seeds have none above eighteen and
none below six."""
pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]


def judge(ended: Ended, cases: int) -> None:
    """What must be true after any demo."""
    assert ended.code == 0, ended.out + ended.err
    told = ended.result
    assert list(told) == KEYS
    events = told["risk_events"]
    assert told["cases"] == cases
    assert events >= cases
    assert told["decisions"].keys() == {"allow", "hold"}
    assert sum(told["decisions"].values()) == events
    assert told["delivered_decisions"] >= events
    assert (told["undecided"], told["late_decisions"], told["duplicate_rings"]) == (0, 0, 0)
    assert told["calls_placed"] >= told["answered"] >= told["conversations"] > 0
    assert len(ended.processes) >= 3, "a phone company, a payment core and we were there"
    assert [one for one in ended.processes if one.is_running()] == []


def verify_history(folder: Path) -> None:
    done = CliRunner().invoke(app, ["audit", "verify", "--json"], env=settings_of(folder))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"faults": [], "anchors": True}


def judge_privacy(ended: Ended, database: str) -> None:
    """None of the people who went in comes out anywhere but at the phone company, which must know whom to ring."""
    lines = (ended.folder / "traffic.ndjson").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    people = {secret for event in events for secret in private(event)}
    people |= {number.lstrip("+") for _, _, number in AGENTS}
    assert len(people) >= 4 * ended.result["cases"], "number, name, payee and account of everybody"
    rows = ended.lines_of("phone.ledger")
    rung = {row["to"].lstrip("+") for row in rows if row["fact"] == "created"}
    assert rung
    assert rung <= people, "the scan knows how numbers are written"
    urls = [unquote(str(row[key])) for row in rows for key in ("url", "path") if key in row]
    assert len(urls) > 4 * ended.result["calls_placed"], "given, and fetched"
    places = {
        "log": (ended.folder / "service.log").read_text(encoding="utf-8"),
        "urls": "\n".join(urls),
        "metrics": ended.metrics,
        "database": database,
        "anchors": (ended.folder / "anchors.jsonl").read_text(encoding="utf-8"),
        "said": ended.out + ended.err,
    }
    attempt = urls[0].split("/")[5]
    for place in ("log", "urls", "database"):
        assert attempt in places[place], "the scan reads what is there"
    assert "wakeup_" in places["metrics"]
    assert {place: found for place, text in places.items() if (found := {one for one in people if one in text})} == {}


def judge_log(ended: Ended) -> None:
    lines = ended.lines_of("service.log")
    assert [line for line in lines if line["level"] in {"error", "critical"}] == []
    assert {"started", "stopped", "call_posted", "decision_delivered"} <= Counter(
        line["event"] for line in lines
    ).keys()


def test_a_demo_on_a_file_keeps_every_promise_and_no_name(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    ended = run_demo(folder, "--cases", "6", "--seed", "1614", "--speed", SPEED)
    judge(ended, 6)
    judge_log(ended)
    files = sorted(folder.glob("wakeup.db*"))
    judge_privacy(ended, "\n".join(path.read_bytes().decode(errors="replace") for path in files))
    verify_history(folder)
    database = sqlite3.connect(f"file:{folder / 'wakeup.db'}?mode=ro", uri=True)
    (pending,) = database.execute("SELECT count(*) FROM transfers WHERE state = 'pending'").fetchone()
    talks = database.execute(
        "SELECT data, customer_id, typology FROM timeline JOIN transfers USING (case_id) WHERE kind = 'talk_begun'"
    ).fetchall()
    database.close()
    assert pending == 0
    judge_scripts(folder, talks)


def judge_scripts(folder: Path, talks: list[tuple[str, str, str]]) -> None:
    """Everybody was talked to in the script of what they are about to pay for, and in their own language."""
    lines = (folder / "traffic.ndjson").read_text(encoding="utf-8").splitlines()
    locales = {event["customer"]["id"]: event["customer"]["locale"] for event in map(json.loads, lines)}
    held = [(json.loads(data), customer, typology) for data, customer, typology in talks]
    customers = [one for one in held if one[0]["script"] != "guardian_call"]
    assert customers
    for told, customer, typology in customers:
        assert (told["script"], told["language"]) == (typology, locales[customer])


def every_value(database: str) -> Iterator[str]:
    """Everything in the database, sealed columns as the bytes they are."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            rows: Iterable[tuple[Any, ...]] = connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
            )
            for row in rows:
                yield from (v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in row)


def test_a_demo_on_postgresql_keeps_every_promise_and_no_name(tmp_path: Path, postgres_url: str) -> None:
    folder = tmp_path / "run"
    ended = run_demo(folder, "--cases", "4", "--seed", "1763", "--speed", SPEED, "--database", postgres_url)
    judge(ended, 4)
    judge_log(ended)
    assert not list(folder.glob("*.db*"))
    judge_privacy(ended, "\n".join(every_value(postgres_url)))
    key = load_settings(settings_of(folder, postgres_url)).keys.audit.get_secret_value()
    assert find_faults(postgres_url, key, folder / "anchors.jsonl") == []


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
        (["--database", "mysql://somewhere/else"], "WAKEUP_DATABASE_URL"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_in_one_clear_line(
    tmp_path: Path, options: list[str], names: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    with pytest.raises(SystemExit) as ended:
        app(["demo", *options, "--exit", "--json", "--folder", str(folder)])
    out, err = capfd.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert refused(err, names), err
    assert list(folder.glob("*.log")) == [], "nobody was started"


def test_a_word_nobody_knows_ends_the_process_itself(tmp_path: Path) -> None:
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
    assert surroundings().get("WAKEUP_DATABASE_URL") is None
