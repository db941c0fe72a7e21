"""Golden transcripts: what is heard and found, word for word. `WAKEUP_GOLDEN=update pytest tests/ivr` rewrites them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.ivr.stage import GENERIC, LANGUAGES, LIBRARY, Call
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.nodes import Branch, Hangup, Menu, Question, exits
from wakeup.ivr.turn import Turn

FILES = sorted((Path(__file__).parent / "golden").glob("*.json"))
UPDATE = os.environ.get("WAKEUP_GOLDEN") == "update"


def play(case: dict[str, Any]) -> Call:
    published = LIBRARY.latest(case["script"])
    return Call(case["language"], case["variant"], published=published, variables=case["variables"]).take(
        *case["inputs"]
    )


def shown(turn: Turn) -> dict[str, Any]:
    listen = turn.listen
    return {
        "node": turn.node,
        "words": [utterance.text for utterance in turn.utterances],
        "listen": None if listen is None else f"{listen.timeout_s} s",
    }


def found(call: Call) -> dict[str, Any]:
    return {name: str(value) if name == "score" else value for name, value in asdict(call.findings).items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    call = play(case)
    heard = {"turns": [shown(turn) for turn in call.turns], "findings": found(call)}
    if UPDATE:
        path.write_text(json.dumps(case | heard, ensure_ascii=False, indent=1) + "\n", "utf-8")
        return
    assert {"turns": case["turns"], "findings": case["findings"]} == heard


def cases() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in FILES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_node_and_every_key_is_walked_in_both_languages(language: str) -> None:
    visited: set[str] = set()
    ways: set[tuple[str, str]] = set()
    for case in cases():
        if case["language"] != language:
            continue
        call = Call(language, case["variant"], variables=case["variables"])
        for act in case["inputs"]:
            before = call.conversation.node
            call.take(act)
            if act.startswith("key "):
                ways.add((before, act.removeprefix("key ").partition(" ")[0]))
        visited |= set(call.conversation.visits)
    unplayable = {GENERIC.script.on.limit, GENERIC.script.on.error}
    assert set(GENERIC.script.nodes) - visited == unplayable, "only our own failures are tested elsewhere"
    menus = {(name, key) for name, node in GENERIC.script.nodes.items() if isinstance(node, Menu) for key in node.keys}
    asked = {(name, key) for name, node in GENERIC.script.nodes.items() if isinstance(node, Question) for key in "123"}
    assert (menus | asked) - ways == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_variants_contacts_and_outcomes_are_in_the_transcripts(language: str) -> None:
    mine = [case for case in cases() if case["language"] == language]
    assert {case["variant"] for case in mine} == {0, 1, 2}
    assert {case["findings"]["outcome"] for case in mine} == set(Outcome)
    told_elsewhere = {Contact.SUSPECTED_FORWARDED, Contact.NOBODY}
    assert {case["findings"]["contact"] for case in mine} == set(Contact) - told_elsewhere


def test_branches_are_taken_both_ways() -> None:
    walked = [set(play(case).conversation.visits) for case in cases()]
    for name, node in GENERIC.script.nodes.items():
        if isinstance(node, Branch):
            assert all(any({name, to} <= visits for visits in walked) for to in exits(node)), name


def test_whoever_did_not_hang_up_on_us_heard_last_words() -> None:
    for case in cases():
        last = GENERIC.script.nodes[case["turns"][-1]["node"]]
        if isinstance(last, Hangup) and last.prompts:
            assert case["turns"][-1]["words"], case["inputs"]
