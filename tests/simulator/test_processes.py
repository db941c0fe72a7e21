"""The simulator as separate processes: ready line, common time, clean end, and memory across restarts."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wakeup.simulator.clock import SimClock

ROOT = Path(__file__).parents[2]
ACCOUNT, TOKEN = "AC" + "1" * 32, "token"
SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()


@contextmanager
def process(*arguments: str, piped: str = "") -> Iterator[str]:
    """Start a simulator process and yield its base URL. It must end cleanly when asked to."""
    command = [sys.executable, "-m", "wakeup.simulator", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdin is not None
        child.stdin.write(piped)
        child.stdin.close()
        line = child.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        try:
            yield line.removeprefix("listening on ").strip()
        finally:
            child.terminate()
            assert child.wait(timeout=10) == 0


def _ask(url: str, data: bytes | None = None, user: str = f"{ACCOUNT}:{TOKEN}") -> Any:
    request = urllib.request.Request(url, data=data)
    request.add_header("Authorization", "Basic " + base64.b64encode(user.encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


@pytest.mark.enable_socket
def test_a_phone_company_starts_takes_a_call_and_remembers_it(tmp_path: Path) -> None:
    file = str(tmp_path / "phone.jsonl")
    options = ["phone", "--account", ACCOUNT, "--token", TOKEN, "--speed", "100", "--epoch", "2026-11-22T09:30:00Z"]
    with process(*options, "--ledger", file, "--faults", '{"create": ["429"]}') as url:
        form = b"To=%2B6591234564&From=%2B6560000001&Twiml=%3CResponse%2F%3E"
        where = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
        with pytest.raises(urllib.error.HTTPError) as refused:
            _ask(where, form)
        refused.value.close()
        made = _ask(where, form)
        assert "22 Nov 2026" in made["date_created"]
    with process(*options, "--ledger", file) as url:
        summary = _ask(f"{url}/_sim/ledger")
        assert (summary["calls_posted"], summary["calls_placed"]) == (2, 1)


@pytest.mark.enable_socket
def test_a_payment_core_starts_and_registers(tmp_path: Path) -> None:
    with process("core", "--secret", SECRET, "--ledger", str(tmp_path / "core.jsonl")) as url:
        row = {"transfer_id": "t_1", "amount": "1.00", "currency": "SGD", "decide_by": "2026-11-22T10:00:00Z"}
        assert _ask(f"{url}/transfers", json.dumps(row).encode()) == {"registered": 1}
        assert _ask(f"{url}/_sim/ledger")["undecided"] == 1


@pytest.mark.enable_socket
def test_secrets_can_come_on_standard_input() -> None:
    """A command line is seen by everybody on the machine."""
    with process("phone", "--account", ACCOUNT, piped=f"{TOKEN} SK1:s:1\n") as url:
        for user, status in ((f"{ACCOUNT}:{TOKEN}", 400), ("SK1:s:1", 400), ("SK1:s", 401), ("SK2:s:1", 401)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                _ask(f"{url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json", b"", user)
            refused.value.close()
            assert refused.value.code == status, "let in, and refused for the empty form, or not let in"
    with process("core", piped=f"{SECRET} {SECRET}\n") as url:
        assert _ask(f"{url}/_sim/ledger")["undecided"] == 0


def test_traffic_comes_as_lines_of_json() -> None:
    command = [sys.executable, "-m", "wakeup.simulator", "traffic", "--cases", "5", "--start", "2026-11-22T09:30:00Z"]
    lines = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout.splitlines()
    assert len({json.loads(line)["customer"]["id"] for line in lines}) == 5


def test_clocks_given_the_same_epochs_agree() -> None:
    epoch = datetime(2026, 1, 1, tzinfo=UTC)
    one, other = SimClock(epoch, 60, 1_700_000_000.0), SimClock(epoch, 60, 1_700_000_000.0)
    assert abs((one.now() - other.now()).total_seconds()) < 1
    assert one.loop_seconds(60) == 1
    with pytest.raises(ValueError, match="speed"):
        SimClock(epoch, 0)
