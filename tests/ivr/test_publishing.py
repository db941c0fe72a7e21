"""Only words that two people published reach a call. Earlier versions stay available and can be restored."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ivr.script_workspace import DAY, SCRIPTS, SIGNED, ScriptWorkspace
from tests.ivr.stage import LIBRARY, VARIABLES
from wakeup.domain.errors import NotFoundError, StoreDownError
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.library import Published, hash_of
from wakeup.ivr.script import Finding, ScriptError
from wakeup.ivr.turn import Answered, Input, Keys, Silence, Speech
from wakeup.runtime.scripts.compare import differences, version_of
from wakeup.runtime.scripts.files import read_sources
from wakeup.runtime.scripts.ledger import append, read_ledger
from wakeup.runtime.scripts.library import load_library, read_back
from wakeup.runtime.scripts.words import JinjaPrompts
from wakeup.workshop.publishing import publish


@pytest.fixture
def workspace(tmp_path: Path) -> ScriptWorkspace:
    return ScriptWorkspace(tmp_path)


@pytest.fixture
def published(workspace: ScriptWorkspace) -> ScriptWorkspace:
    workspace.publish()
    return workspace


def refused(workspace: ScriptWorkspace, kept: dict[str, str] | None = None) -> list[str]:
    """The faults with which the service refuses to start."""
    with pytest.raises(ScriptError) as caught:
        workspace.library(lambda _hashes: kept or {})
    return caught.value.faults


def lead(entry: Published) -> str:
    return entry.prompts.render(entry.script.id, "zh-CN", "lead", VARIABLES["zh-CN"])


def kept_of(workspace: ScriptWorkspace) -> dict[str, str]:
    return {entry.script.content_hash: entry.content for entry in workspace.library()}


# What the service refuses


def test_a_script_that_was_never_published_stops_the_start(workspace: ScriptWorkspace) -> None:
    lines = {name: workspace.line_of(f"{name}/script.yaml", "version:") for name in ("generic", "police_imp")}
    why = "version 1 is not published; publish it, or make it a draft"
    assert refused(workspace) == [f"{name}/script.yaml:{line}: {why}" for name, line in lines.items()]
    assert len(list(load_library(workspace.files))) == 2, "tools read without a ledger"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("police_imp/prompts.zh-CN.yaml", "第一个问题。", "第一个问题，"),
        ("police_imp/script.yaml", 'weight: "1"', 'weight: "1"\n    timeout_s: "9"'),
    ],
)
def test_a_script_altered_after_publication_stops_the_start_with_its_file_and_line(
    published: ScriptWorkspace, file: str, old: str, new: str
) -> None:
    kept = kept_of(published)
    published.edit(file, old, new)
    line = published.line_of("police_imp/script.yaml", "version:")
    why = "version 1 or one of its shared parts was changed after publication; give it version 2 and publish it"
    assert refused(published) == refused(published, kept) == [f"police_imp/script.yaml:{line}: {why}"]


def test_a_shared_part_that_was_altered_is_an_altered_script(published: ScriptWorkspace) -> None:
    published.edit("shared/opening/subscript.yaml", 'timeout_s: "20"', 'timeout_s: "21"')
    found = refused(published)
    assert [fault.split(":")[0] for fault in found] == ["generic/script.yaml", "police_imp/script.yaml"]


def test_layout_and_comments_may_change(published: ScriptWorkspace) -> None:
    published.edit("police_imp/script.yaml", "nodes:", "# the way\n\nnodes:")
    assert {entry.script.id for entry in published.library()} == {"generic", "police_imp"}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda line: line[:40], "is not a line of a ledger"),
        (lambda line: line.replace('"why": "first words", ', ""), "is not a line of a ledger"),
        (lambda line: line.replace("2026-11-22", "22 November"), "is not a line of a ledger"),
        (lambda line: line.replace('"Lin"', '" mei"'), "must be approved by a second person"),
        (lambda line: line.replace("first words", " "), "must give a reason"),
        (lambda line: line + "\n" + line.replace('hash": "', 'hash": "0')[:-1], "is not a line of a ledger"),
        (
            lambda line: line + "\n" + json.dumps(json.loads(line) | {"content_hash": "0" * 64}),
            "a version never changes",
        ),
    ],
)
def test_a_ledger_that_was_tampered_with_stops_the_start(published: ScriptWorkspace, spoil: object, why: str) -> None:
    first, *rest = published.ledger.splitlines()
    assert callable(spoil)
    text = "\n".join([*rest, spoil(first)]) + "\n"
    (published.files / "published.jsonl").write_text(text, "utf-8")
    (fault,) = refused(published)
    assert fault.startswith(f"published.jsonl:{len(text.splitlines())}: ") and fault.endswith(why)


def test_a_hash_under_another_name_is_not_that_script(published: ScriptWorkspace) -> None:
    police = read_ledger(published.files).current()["police_imp"]
    append(published.files, [replace(police, id="generic", version="2")])
    assert refused(published) == ["published.jsonl:3: generic version 2 does not match its hash"]


# Drafts, going back, retiring


def test_a_draft_lies_beside_the_version_in_force_and_no_customer_hears_it(published: ScriptWorkspace) -> None:
    kept = kept_of(published)
    published.says("还没有人同意的话。", "2")
    published.head("generic", "status", "draft")
    (fault,) = refused(published)
    assert fault == (
        "published.jsonl:1: generic version 1 is in force, but its content is neither in the folder nor in the database; "
        "restore the files of that version, or publish another"
    )
    library = published.library(lambda hashes: {one: kept[one] for one in hashes})
    assert library.latest("generic").script.version == "1"
    assert lead(library.latest("generic")) == lead(LIBRARY.latest("generic"))


def test_going_back_serves_the_old_words(published: ScriptWorkspace) -> None:
    kept = kept_of(published)
    old = lead(published.library().latest("generic"))
    published.says("新的话。", "2")
    published.publish("generic")
    assert lead(published.library().latest("generic")) == "新的话。"
    published.rollback("generic", "1", replace(SIGNED, why="people hung up"))
    library = published.library(lambda hashes: {one: kept[one] for one in hashes})
    assert (library.latest("generic").script.version, lead(library.latest("generic"))) == ("1", old)
    assert len(published.ledger.splitlines()) == 4, "nothing was taken out of the ledger"
    with pytest.raises(ScriptError, match="return to it with `wakeup scripts rollback`"):
        published.publish("generic")
    published.rollback("generic", "2")
    assert lead(published.library().latest("generic")) == "新的话。"


def test_going_back_needs_a_version_that_was_published(published: ScriptWorkspace) -> None:
    for version, why in (("7", "was never published; published versions: 1"), ("1", "is in force already")):
        with pytest.raises(ScriptError, match=f"generic: version {version} {why}"):
            published.rollback("generic", version)
    with pytest.raises(ScriptError, match="never published; published versions: none"):
        published.rollback("nothing", "1")
    assert len(published.ledger.splitlines()) == 2


def test_words_that_were_altered_in_the_database_are_not_spoken(published: ScriptWorkspace) -> None:
    kept = kept_of(published)
    published.says("新的话。", "2")
    published.publish("generic")
    published.rollback("generic", "1")
    spoilt = {one: text.replace("您", "你") for one, text in kept.items()}
    (fault,) = refused(published, spoilt)
    assert "the copy in the database cannot be used" in fault


def test_a_database_that_is_away_is_said(published: ScriptWorkspace) -> None:
    published.says("新的话。", "2")
    published.publish("generic")
    published.rollback("generic", "1")

    def away(_hashes: object) -> dict[str, str]:
        raise StoreDownError("gone")

    with pytest.raises(ScriptError, match="the database is not available"):
        published.library(away)
    assert [entry.script.id for entry in published.library(None)] == ["police_imp"], "not looked into without one"


def test_a_retired_script_gives_its_place_to_the_generic_one(published: ScriptWorkspace) -> None:
    published.head("police_imp", "status", "retired")
    published.head("police_imp", "version", '"2"')
    published.publish("police_imp")
    chosen, _ = published.speaker().choose("police_imp", "en")
    assert chosen.script.id == "generic"
    published.head("generic", "status", "retired")
    published.head("generic", "version", '"2"')
    published.publish("generic")
    assert refused(published)[0].startswith("generic/script.yaml:1: is not in force")


# Publishing


def test_a_line_of_the_ledger_names_the_script_the_two_people_and_the_reason(workspace: ScriptWorkspace) -> None:
    workspace.publish("generic", signed=replace(SIGNED, by=" Mei ", why="one\nline"))
    assert (written := read_sources(workspace.files / "generic").script) is not None
    assert json.loads(workspace.ledger) == {
        "id": "generic",
        "version": "1",
        "content_hash": written.content_hash,
        "by": "Mei",
        "approved_by": "Lin",
        "why": "one line",
        "at": "2026-11-22",
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"approved_by": "Mei"}, "second person"),
        ({"approved_by": "  m E i "}, "second person"),
        ({"approved_by": "ＭＥＩ"}, "second person"),
        ({"approved_by": " "}, "must name the"),
        ({"by": ""}, "must name the"),
        ({"why": " \n"}, "must give a reason"),
    ],
)
def test_a_publication_names_two_people_and_a_reason(
    workspace: ScriptWorkspace, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(ScriptError, match=why):
        workspace.publish("generic", signed=replace(SIGNED, **changes))
    assert not (workspace.files / "published.jsonl").exists()
    workspace.publish("generic")
    workspace.says("新的话。", "2")
    workspace.publish("generic")
    with pytest.raises(ScriptError, match=why):
        workspace.rollback("generic", "1", replace(SIGNED, **changes))
    assert len(workspace.ledger.splitlines()) == 2


def test_a_version_is_published_once(published: ScriptWorkspace) -> None:
    before = published.ledger
    assert published.publish("generic").left == ["generic version 1 is in force already"]
    published.says("新的话。", "1")
    line = published.line_of("generic/script.yaml", "version:")
    with pytest.raises(ScriptError) as caught:
        published.publish("generic")
    assert caught.value.faults == [
        f"generic/script.yaml:{line}: version: was published with other content; give it version 2"
    ]
    assert published.ledger == before


def test_a_draft_or_a_stranger_is_not_published(workspace: ScriptWorkspace) -> None:
    workspace.head("generic", "status", "draft")
    line = workspace.line_of("generic/script.yaml", "status:")
    with pytest.raises(ScriptError, match=f"generic/script.yaml:{line}: status: is a draft"):
        workspace.publish("generic")
    with pytest.raises(ScriptError, match="nothing: is not a script of this folder"):
        workspace.publish("nothing")
    done = workspace.publish()
    assert [entry.id for entry in done.entries] == ["police_imp"]
    assert done.left == ["generic version 1 is a draft"]


def test_one_faulty_script_stops_the_publication_of_all(workspace: ScriptWorkspace) -> None:
    workspace.edit("police_imp/script.yaml", "to: story", "to: storey")
    place = workspace.line_of("police_imp/script.yaml", "  q1:")
    with pytest.raises(ScriptError, match=f"police_imp/script.yaml:{place}: nodes.q1: leads to 'storey'"):
        workspace.publish()
    assert not (workspace.files / "published.jsonl").exists()


def test_a_finding_of_the_gate_stops_the_publication(workspace: ScriptWorkspace) -> None:
    asked: list[list[str]] = []

    def gate(_folder: Path, ids: Sequence[str]) -> Iterator[Finding]:
        asked.append([*ids])
        if "police_imp" in ids:
            yield Finding(rule="tone", path="police_imp/prompts.en.yaml:3", why="blames")

    with pytest.raises(ScriptError, match=r"police_imp/prompts.en.yaml:3: blames"):
        publish(workspace.files, None, SIGNED, gate)
    assert not (workspace.files / "published.jsonl").exists()
    assert [entry.id for entry in publish(workspace.files, ["generic"], SIGNED, gate).entries] == ["generic"]
    assert publish(workspace.files, ["generic"], SIGNED, gate).entries == []
    assert asked == [["generic", "police_imp"], ["generic"]]


def test_a_ledger_without_a_last_line_end_is_gone_on_with(published: ScriptWorkspace) -> None:
    path = published.files / "published.jsonl"
    path.write_text(published.ledger.rstrip("\n"), "utf-8")
    published.says("新的话。", "2")
    published.publish("generic")
    assert [entry.version for entry in read_ledger(published.files).of("generic")] == ["1", "2"]


# What is kept, and compared


def acts(seed: int) -> Iterator[Input]:
    dice = random.Random(seed)
    yield Answered()
    for _ in range(40):
        kind = dice.random()
        yield (
            Keys(dice.choice("1112223"), elapsed_ms=4000) if kind < 0.8
            else Silence() if kind < 0.9 else Speech(dice.choice(["是的", "没有", "yes"]), confidence=0.9)
        )  # fmt: skip


def played(entry: Published, language: str, seed: int) -> Iterator[tuple[str, str]]:
    variables = VARIABLES[language]
    talk = begin(
        entry.script, entry.prompts, conversation_id="c", language=language, variant=seed, variables=variables
    )  # fmt: skip
    for act in acts(seed):
        talk, turn = advance(entry.script, entry.prompts, Conversation.from_json(talk.to_json()), act, variables)
        assert talk.fault is None
        yield talk.to_json(), turn.to_json()


@pytest.mark.parametrize("script", [path.parent.name for path in sorted(SCRIPTS.glob("*/script.yaml"))])
def test_a_script_read_back_speaks_the_same_words_as_its_files(script: str) -> None:
    sources = read_sources(SCRIPTS / script)
    assert sources.script is not None
    files = Published(script=sources.script, prompts=JinjaPrompts(script, sources.words))
    again = read_back(LIBRARY.latest(script).content)
    assert hash_of(again.content) == files.script.content_hash == again.script.content_hash
    assert again.script == files.script
    for seed, language in enumerate(("zh-CN", "en") * 3):
        assert list(played(again, language, seed)) == list(played(files, language, seed))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"script": {}, "prompts": {}}', "null"])
def test_a_text_that_cannot_be_read_back_is_no_script(workspace: ScriptWorkspace, content: str) -> None:
    workspace.publish()
    with pytest.raises(NotFoundError):
        workspace.speaker().read_back(content)


def test_a_difference_is_shown_in_the_way_and_in_the_words(published: ScriptWorkspace) -> None:
    kept = kept_of(published)
    published.says("新的话。", "2")
    published.edit("generic/script.yaml", "to: plain_2", 'timeout_s: "9"\n    to: plain_2')
    old, new = (version_of(published.files, name, lambda _hashes: kept) for name in ("generic@1", "generic"))
    shown = list(differences(old, new))
    changed = [line for line in shown if line.startswith(("+", "-"))]
    assert [line for line in changed if "lead" in line][1] == "+lead: 新的话。"
    assert {"--- generic@1 script", "+++ generic script", "--- generic@1 words zh-CN"} <= set(changed)
    assert "+    timeout_s: '9'" in changed and not any("words en" in line for line in shown)
    assert not list(differences(new, version_of(published.files, "generic@2", None))), "the draft of that version"
    for name, why in (
        ("generic@1", "no database with this version was found"),
        ("generic@7", "never published"),
        ("x", "not in the"),
    ):
        with pytest.raises(ScriptError, match=why):
            version_of(published.files, name, None)


def test_the_ledger_records_the_given_day_of_publication(workspace: ScriptWorkspace) -> None:
    workspace.publish("generic", signed=replace(SIGNED, at=DAY.replace(year=2031)))
    assert read_ledger(workspace.files).current()["generic"].at == "2031-11-22"
