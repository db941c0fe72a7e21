"""`wakeup scripts publish`, `diff` and `rollback`, and what `wakeup config check` reports about scripts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.ivr.script_workspace import ScriptWorkspace, clean
from wakeup.cli.commands import config, scripts_publish
from wakeup.runtime.data_files import data_folder

WHO: dict[str, Any] = {"by": "Mei", "approved_by": "Lin", "why": "first words"}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptWorkspace:
    """There are no settings, as on an author's machine. Lint and stories have tests of their own."""
    monkeypatch.setattr("wakeup.workshop.publish_checks.gate", clean)
    monkeypatch.setattr(scripts_publish, "environment", dict)
    return ScriptWorkspace(tmp_path)


def test_publish_diff_and_go_back(workspace: ScriptWorkspace, capsys: pytest.CaptureFixture[str]) -> None:
    scripts_publish.diff("generic", folder=workspace.files)
    assert "generic was never published" in capsys.readouterr().out
    scripts_publish.publish(**WHO, everything=True, folder=workspace.files, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["version"]) for one in said["in_force"]] == [("generic", "1"), ("police_imp", "1")]
    scripts_publish.diff("generic", folder=workspace.files)
    assert "generic@1 and generic are identical" in capsys.readouterr().out
    workspace.says("新的话。", "2")
    scripts_publish.publish(["generic"], **WHO, folder=workspace.files)
    assert "generic version 2 is in force from the next start on" in capsys.readouterr().out
    scripts_publish.rollback("generic", to="1", **WHO, folder=workspace.files)
    said_back = capsys.readouterr().out
    assert "generic version 1 is in force" in said_back and "were not found from here" in said_back
    scripts_publish.diff("generic", "generic@2", folder=workspace.files)
    assert "are identical" in capsys.readouterr().out
    scripts_publish.diff("generic", "police_imp", folder=workspace.files)
    assert "+id: police_imp" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        scripts_publish.diff("generic@1", "generic", folder=workspace.files)
    assert "no database with this version was found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ids", "everything", "who", "why"),
    [
        (["generic"], True, WHO, "give ids of scripts, or --all"),
        ([], False, WHO, "give ids of scripts, or --all"),
        (["generic"], False, WHO | {"approved_by": "mei"}, "publishing: must be approved by a second person"),
    ],
)
def test_a_refusal_is_a_line_and_exit_2(
    workspace: ScriptWorkspace,
    capsys: pytest.CaptureFixture[str],
    ids: list[str],
    everything: bool,
    who: dict[str, Any],
    why: str,
) -> None:
    with pytest.raises(SystemExit) as ended:
        scripts_publish.publish(ids, **who, everything=everything, folder=workspace.files)
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{why}\n"
    assert not (workspace.files / "published.jsonl").exists()


def test_the_gate_of_the_command_is_lint_and_stories(
    workspace: ScriptWorkspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    line = workspace.line_of("generic/prompts.en.yaml", "lead:")
    workspace.edit("generic/prompts.en.yaml", 'lead: "', 'lead: "Please tell us your password. ')
    with pytest.raises(SystemExit):
        scripts_publish.publish(["generic"], **WHO, folder=workspace.files)
    said = capsys.readouterr().err
    assert f"generic/prompts.en.yaml:{line}: " in said, "lint"
    assert "generic/transcript.en.txt:1: differs from what is heard now" in said, "stories"
    assert not (workspace.files / "published.jsonl").exists()


def test_config_check_says_what_the_start_would_say(
    workspace: ScriptWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "environment", dict)
    monkeypatch.setattr(
        config, "data_folder", lambda name: workspace.files if name == "scripts_ivr" else data_folder(name)
    )
    line = workspace.line_of("generic/script.yaml", "version:")
    found = [fault for fault in config.all_faults() if ".yaml:" in fault]
    assert found[0] == f"generic/script.yaml:{line}: version 1 is not published; publish it, or make it a draft"
    workspace.publish()
    assert not [fault for fault in config.all_faults() if ".yaml:" in fault]


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("messages/en.toml", "= rubbish", "messages/en.toml: cannot be read: TOMLDecodeError"),
        ("people/zh.toml", "= rubbish", "people/zh.toml: cannot be read: TOMLDecodeError"),
        (
            "people/zh.toml",
            '[said]\nlead = "Wakeup {tier"',
            "people/zh.toml: said.lead: has an unmatched brace",
        ),
    ],
)
def test_config_check_reads_the_words_that_are_no_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, line: str, fault: str
) -> None:
    ours = tmp_path / "config"
    shutil.copytree(data_folder("config"), ours)
    (ours / file).write_text(line, encoding="utf-8")
    monkeypatch.setattr(config, "environment", dict)
    monkeypatch.setattr(config, "data_folder", lambda name: ours if name == "config" else data_folder(name))
    assert fault in config.all_faults()
