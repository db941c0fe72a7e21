"""Subscripts: shared parts that are pinned, joined in, and never silently replaced by another version."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ivr.stage import SCRIPTS
from wakeup.ivr.subscripts import join, join_words
from wakeup.runtime.scripts.files import read_sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("romance", "shared"):
        shutil.copytree(SCRIPTS / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def faults(folder: Path) -> list[str]:
    sources = read_sources(folder / "romance")
    return [f"{'{}:{}'.format(*sources.place(finding))} {finding}" for finding in sources.findings]


def test_a_script_and_its_subscripts_become_one(folder: Path) -> None:
    sources = read_sources(folder / "romance")
    assert sources.findings == []
    assert sources.script is not None
    assert {"q2", "opening", "weigh", "plain_2", "agent", "stay"} <= set(sources.script.nodes)
    assert sources.lines["nodes.opening"][0] == "shared/opening/subscript.yaml"
    assert sources.lines["nodes.q2"][0] == "romance/script.yaml"


def test_a_subscript_that_changed_its_version_is_refused_until_it_is_pinned_anew(folder: Path) -> None:
    script = read_sources(folder / "romance").script
    assert script is not None
    pinned = script.subscripts["talk"]
    edit(folder / "shared/talk/subscript.yaml", f'version: "{pinned}"', 'version: "999"')
    [fault] = faults(folder)[:1]
    assert fault.startswith("romance/script.yaml:")
    assert fault.endswith(f"subscripts.talk: is pinned to version {pinned}, but the folder has version 999")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda folder: shutil.rmtree(folder / "shared/talk"), "subscripts.talk: does not exist"),
        (
            lambda folder: edit(folder / "shared/talk/subscript.yaml", "id: talk", "id: chat"),
            "subscripts.talk: must have the format wakesubscript/1 and the name of its folder",
        ),
        (
            lambda folder: edit(folder / "shared/talk/subscript.yaml", "title:", "colour: red\ntitle:"),
            "subscripts.talk.colour: is unknown here",
        ),
        (
            lambda folder: edit(folder / "shared/talk/subscript.yaml", "title:", "keys: none\ntitle:"),
            "subscripts.talk.keys: must be a mapping",
        ),
    ],
)
def test_a_subscript_that_is_missing_or_faulty_is_named(
    folder: Path, spoil: Callable[[Path], object], expected: str
) -> None:
    spoil(folder)
    assert any(fault.endswith(expected) for fault in faults(folder)), faults(folder)


def test_a_scripts_own_node_replaces_the_one_of_its_subscript(folder: Path) -> None:
    edit(folder / "romance/script.yaml", "nodes:\n", "nodes:\n  end_fool: {type: hangup, prompts: [lead]}\n")
    edit(folder / "romance/script.yaml", "to: weigh\n", "to: weigh\n  end_not_me: {type: hangup, prompts: [lead]}\n")
    sources = read_sources(folder / "romance")
    assert [str(finding) for finding in sources.findings] == ["nodes.end_fool: cannot be reached"]
    assert sources.data["nodes"]["end_not_me"] == {"type": "hangup", "prompts": ["lead"]}
    assert "end.not_me" not in sources.words["en"], "nobody says it any more"


def test_two_subscripts_with_the_same_name_need_the_scripts_own_node() -> None:
    two = {"a": {"nodes": {"x": "1", "y": "2"}}, "b": {"nodes": {"x": "3", "y": "2"}}}
    _, findings = join({"nodes": {}}, two)
    assert [str(finding) for finding in findings] == ["nodes.x: is defined by both a and b"]
    joined, findings = join({"nodes": {"x": "4"}}, two)
    assert (joined["nodes"], findings) == ({"x": "4", "y": "2"}, [])


def test_words_come_with_the_way_and_the_scripts_own_stand() -> None:
    brought = {"bye": "Goodbye.", "unsaid": "Never."}
    assert join_words({"bye": "So long.", "own": "Mine."}, brought, frozenset({"bye"})) == {
        "bye": "So long.",
        "own": "Mine.",
    }
