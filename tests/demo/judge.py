"""What must be true after a demo, according to the phone company, the core, the log and the database."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from urllib.parse import unquote

from typer.testing import CliRunner

from tests.demo.stage import KEYS, Ended, private, settings_of
from wakeup.cli.app import app
from wakeup.demo.accounts import AGENTS

SPEED = "40"
"""A run lasts as long as its longest window. A family's window would be twenty minutes; with these seeds all windows are
between six and eighteen minutes."""


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


def judge_privacy(ended: Ended, database: str) -> None:
    """No personal data of the customers appears anywhere except at the phone company, which must know whom to call."""
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
    errors = [line for line in lines if line["level"] in {"error", "critical"}]
    assert {line.get("cause") for line in errors} <= {"promise_late"}, "no staff keep a promised call here"
    assert {"started", "stopped", "call_posted", "decision_delivered"} <= {line["event"] for line in lines}


def judge_books(folder: Path) -> None:
    """Check the database file: the history is as it was written, no transfer is undecided, and everybody heard the
    right script.
    """
    verify_history(folder)
    database = sqlite3.connect(f"file:{folder / 'wakeup.db'}?mode=ro", uri=True)
    (pending,) = database.execute("SELECT count(*) FROM transfers WHERE state = 'pending'").fetchone()
    talks = database.execute(
        "SELECT data, customer_id, typology FROM timeline JOIN transfers USING (case_id) WHERE kind = 'talk_begun'"
    ).fetchall()
    database.close()
    assert pending == 0
    judge_scripts(folder, talks)


def verify_history(folder: Path) -> None:
    done = CliRunner().invoke(app, ["audit", "verify", "--json"], env=settings_of(folder))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"faults": [], "anchors": True}


def judge_scripts(folder: Path, talks: list[tuple[str, str, str]]) -> None:
    """Each customer was talked to with the script for what they are about to pay for, and in their own language."""
    lines = (folder / "traffic.ndjson").read_text(encoding="utf-8").splitlines()
    locales = {event["customer"]["id"]: event["customer"]["locale"] for event in map(json.loads, lines)}
    held = [(json.loads(data), customer, typology) for data, customer, typology in talks]
    customers = [one for one in held if one[0]["script"] != "guardian_call"]
    assert customers
    for told, customer, typology in customers:
        assert (told["script"], told["language"]) == (typology, locales[customer])
