"""`wakeup scripts lint` as users run it: its output, its machine-readable output, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.ivr.lint.stage import GOOD, edit, good_library, line_of
from tests.ivr.stage import SCRIPTS
from wakeup.cli.app import app
from wakeup.cli.commands.scripts_lint import lint


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return good_library(tmp_path)


def ends(library: Path, *ids: str, as_json: bool = False) -> int:
    """Run the command. Returns the exit code."""
    try:
        lint([*ids], folder=library, as_json=as_json)
    except SystemExit as end:
        return int(str(end.code))
    return 0


def test_every_shipped_script_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(SCRIPTS, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"scripts": len(list(SCRIPTS.glob("*/script.yaml"))), "findings": []}
    assert told["scripts"] >= 19


def test_a_clean_script_is_said_to_be_clean(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(library, GOOD) == 0
    assert capsys.readouterr().out == "1 script: 0 errors, 0 warnings\n"


def test_an_error_is_told_with_its_file_and_line_and_how_to_mend_it(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(library, f"{GOOD}/prompts.en.yaml", 'choice: "', 'choice: "This is a scam. ')
    assert ends(library) == 1
    first, summary = capsys.readouterr().out.splitlines()
    line = line_of(library, f"{GOOD}/prompts.en.yaml", "choice:")
    assert first.startswith(f"error   {GOOD}/prompts.en.yaml:{line} tone: prompts.en.choice: names a crime")
    assert first.endswith("Fix: say what happens and what helps, not what a person is.")
    assert summary == "2 scripts: 1 error, 0 warnings"


def test_a_warning_alone_is_no_failure(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(
        library,
        f"{GOOD}/script.yaml",
        "nodes:\n",
        "variables: {credit_bureau: {type: text, heard_by: anyone}}\nnodes:\n",
    )
    assert ends(library, GOOD) == 0
    first, summary = capsys.readouterr().out.splitlines()
    assert first.startswith("warning ") and summary == "1 script: 0 errors, 1 warning"


def test_machines_read_one_object_on_one_line(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(library, "shared/talk/subscript.yaml", "undecided: undecided", "undecided: nowhere")
    assert ends(library, GOOD, as_json=True) == 1
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    (finding,) = json.loads(out)["findings"]
    assert list(finding) == ["script", "file", "line", "rule", "level", "why", "mend"]
    assert finding == {
        "script": GOOD,
        "file": "shared/talk/subscript.yaml",
        "line": line_of(library, "shared/talk/subscript.yaml", "  verdict:"),
        "rule": "dangling",
        "level": "error",
        "why": "nodes.verdict: leads to 'nowhere', which is not a node",
        "mend": "use a node that exists",
    }


def test_an_unknown_id_is_named(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(library, "romanse", GOOD) == 2
    said = capsys.readouterr()
    assert "unknown script 'romanse'" in said.err and "generic, romance" in said.err
    assert not said.out


def test_a_folder_without_scripts_is_no_clean_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(tmp_path) == 2
    assert "contains no script" in capsys.readouterr().err


def test_the_command_line_hands_it_all_on(library: Path) -> None:
    edit(library, f"{GOOD}/prompts.en.yaml", 'choice: "', 'choice: "This is a scam. ')
    run = CliRunner().invoke(app, ["scripts", "lint", GOOD, "generic", "--folder", str(library), "--json"])
    assert run.exit_code == 1, run.stderr
    told = json.loads(run.stdout)
    assert told["scripts"] == 2 and [one["rule"] for one in told["findings"]] == ["tone"]
