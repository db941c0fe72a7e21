"""Loading the library from files: what a careless or hostile file can and cannot do, and what pins the words heard."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.ivr.stage import GENERIC, LIBRARY, SCRIPTS, VARIABLES, Call
from wakeup.domain.errors import NotFoundError
from wakeup.ivr.input_nodes import Patient
from wakeup.ivr.library import Library, Published
from wakeup.ivr.parse import read_script
from wakeup.ivr.script import Script, ScriptError
from wakeup.runtime.scripts.library import load_library
from wakeup.runtime.scripts.strict_yaml import StrictYamlError, load_with_lines
from wakeup.runtime.scripts.words import JinjaPrompts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("generic", "shared"):
        shutil.copytree(SCRIPTS / name, tmp_path / name)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of the script, or `shared/…` of its subscripts."""
    path = folder / name if name.startswith("shared/") else folder / "generic" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        load_library(folder)
    return caught.value.faults


YAML = {
    "alias": ("a: &x hello\nb: *x\n", "line 1: anchors and aliases are not allowed"),
    "twice": ("a: one\nb: two\na: three\n", "line 3: 'a' appears twice"),
    "tag": ("a: !!python/object/apply:os.system ['true']\n", "line 1: tags are not allowed"),
    "tagged text": ("a: !secret x\n", "line 1: tags are not allowed"),
    "list as name": ("? [a, b]\n: c\n", "line 1: a name must be a string"),
    "broken": ("a: [1, 2\n", "line 2: "),
    "deep": ("a: " + "[" * 40 + "]" * 40, "line 1: is nested too deeply"),
    "two documents": ("a: b\n---\nc: d\n", "line 2: "),
}


@pytest.mark.parametrize("name", YAML)
def test_a_faulty_yaml_file_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    text, reason = YAML[name]
    (tmp_path / "x.yaml").write_text(text, "utf-8")
    with pytest.raises(StrictYamlError) as caught:
        load_with_lines(tmp_path / "x.yaml")
    assert str(caught.value).startswith(reason)


def test_every_scalar_is_a_text(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: yes\nb: 1\nc: 2026-01-01\nd: null\ne: [no, 0x10]\n", "utf-8")
    content, _ = load_with_lines(tmp_path / "x.yaml")
    assert content == {"a": "yes", "b": "1", "c": "2026-01-01", "d": "null", "e": ["no", "0x10"]}


def test_giants_and_other_encodings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"a: " + b"x" * 256 * 1024)
    (tmp_path / "gbk.yaml").write_bytes("a: 您好".encode("gbk"))
    for name, reason in (("big", "is larger than 256 KiB"), ("gbk", "is not UTF-8")):
        with pytest.raises(StrictYamlError, match=reason):
            load_with_lines(tmp_path / f"{name}.yaml")


WORDS = {
    "{% for x in y %}a{% endfor %}": "for is not allowed",
    "{{ bank_name.__class__ }}": "getattr is not allowed",
    "{{ bank_name['x'] }}": "getitem is not allowed",
    "{{ bank_name() }}": "call is not allowed",
    "{{ 1 + 1 }}": "add is not allowed",
    "{% set x = 1 %}": "assign is not allowed",
    "{% include 'x' %}": "include is not allowed",
    "{{ bank_name | upper }}": "filter 'upper' is unknown",
    "{{ nobody }}": "variable 'nobody' is not declared",
    "{{ bank_name": "expected token",
    "{{ amount_spoken }}": "variable 'amount_spoken' is for the right party only, but others may hear this prompt",
}


@pytest.mark.parametrize("text", WORDS)
def test_a_prompt_with_forbidden_words_is_refused(folder: Path, text: str) -> None:
    edit(
        folder,
        "shared/opening/prompts.en.yaml",
        '"Hello, this is an automated, {% if unrecorded %}unrecorded{% else %}recorded{% endif %} call',
        f'"{text} Hello, this is',
    )
    found = faults(folder)
    assert any(fault.startswith(f"generic/prompts.en.opening: {WORDS[text]}") for fault in found), found


def test_a_prompt_too_long_for_a_voice_is_refused(folder: Path) -> None:
    edit(folder, "shared/opening/prompts.zh-CN.yaml", "您好，", "您好，" * 200)
    assert faults(folder) == ["generic/prompts.zh-CN.opening: is longer than 400 characters"]


def test_all_files_are_read_before_complaining(folder: Path) -> None:
    edit(folder, "script.yaml", "to: plain_2", "to: plain_22")
    edit(folder, "prompts.en.yaml", "choice:", "choise:")
    shutil.copytree(folder / "generic", folder / "second")
    edit(folder, "prompts.en.yaml", "lead:", "lead: &x")
    found = faults(folder)
    assert any(fault.startswith("generic/prompts.en.yaml: line") for fault in found)
    assert "second/nodes.q1: leads to 'plain_22', which is not a node" in found
    assert "second/prompts.en.choise: is never said" in found and "second/prompts.en.choice: is missing" in found


def test_a_script_lives_in_the_folder_of_its_name(folder: Path) -> None:
    (folder / "generic").rename(folder / "other")
    assert faults(folder) == ["other/id: must be the name of the folder"]


def test_an_empty_folder_is_no_library(tmp_path: Path) -> None:
    assert faults(tmp_path)[0].endswith("contains no script")


def test_the_hash_covers_every_word_and_no_comment(folder: Path) -> None:
    pinned = GENERIC.script.content_hash
    assert len(pinned) == 64
    edit(folder, "prompts.en.yaml", "# Written for the ear", "# Written to be heard")
    assert load_library(folder).latest("generic").script.content_hash == pinned
    edit(folder, "shared/ways_out/prompts.en.yaml", "Goodbye.", "Good bye.")
    assert load_library(folder).latest("generic").script.content_hash != pinned


def test_nodes_that_scripts_have_in_common_are_kept_once() -> None:
    rebate, loan = (LIBRARY.latest(name).script for name in ("task_rebate", "loan_fee"))
    alike = [name for name in rebate.nodes.keys() & loan.nodes.keys() if rebate.nodes[name] == loan.nodes[name]]
    assert len(alike) > 50
    assert all(rebate.nodes[name] is loan.nodes[name] for name in alike)


def silent_ways(script: Script) -> dict[str, str]:
    """Where silence leads from each node that asks."""
    return {name: node.silent for name, node in script.nodes.items() if isinstance(node, Patient)}


def test_a_place_that_leads_elsewhere_is_another_place() -> None:
    """Menus that do not say where silence leads go where their own script says."""
    script = json.loads(GENERIC.content)["script"]
    moved = read_script({**script, "on": {**script["on"], "silent": script["on"]["unclear"]}})
    before, after = silent_ways(GENERIC.script), silent_ways(moved)
    changed = [name for name, way in before.items() if way == script["on"]["silent"]]
    assert changed and all(after[name] == script["on"]["unclear"] for name in changed)
    assert read_script(script).nodes == GENERIC.script.nodes


def test_the_library_finds_the_very_version_a_conversation_was_held_in(folder: Path) -> None:
    conversation = Call().conversation
    assert LIBRARY.of(conversation) is GENERIC
    edit(folder, "shared/opening/subscript.yaml", 'timeout_s: "20"', 'timeout_s: "21"')
    with pytest.raises(NotFoundError):
        load_library(folder).of(conversation)
    with pytest.raises(NotFoundError):
        LIBRARY.latest("nothing")
    with pytest.raises(NotFoundError):
        LIBRARY.get("generic", "999")


def test_the_latest_version_is_the_highest_number() -> None:
    nine, ten = (
        Published(script=GENERIC.script.model_copy(update={"version": v}), prompts=GENERIC.prompts) for v in ("9", "10")
    )
    assert Library([ten, nine]).latest("generic") is ten
    with pytest.raises(ValueError, match="twice"):
        Library([nine, nine])


def test_a_value_is_said_as_it_is_and_never_run_or_split() -> None:
    nasty = VARIABLES["en"] | {"unrecorded": False, "bank_name": "{{ call_code }}\x00<Say>\n\u202eBank & Co"}
    said = GENERIC.prompts.render("generic", "en", "opening", nasty)
    assert "{{ call_code }} <Say> Bank & Co" in said and "\x00" not in said and "\n" not in said


def test_words_of_another_script_or_without_a_variable_are_refused() -> None:
    prompts = JinjaPrompts("a", {"en": {"x": "Hello {{ who }}"}})
    assert prompts.render("a", "en", "x", {"who": "you"}) == "Hello you"
    for script, language, prompt in (("b", "en", "x"), ("a", "zh-CN", "x"), ("a", "en", "y")):
        with pytest.raises(KeyError):
            prompts.render(script, language, prompt, {"who": "you"})
    with pytest.raises(Exception, match="who"):
        prompts.render("a", "en", "x", {})
