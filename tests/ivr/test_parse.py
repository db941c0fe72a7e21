"""Broken scripts: each fault is found and named by its path, and all are named at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import SCRIPTS
from wakeup.ivr.script import ScriptError
from wakeup.runtime.scripts.files import read_sources

_SOURCES = read_sources(SCRIPTS / "generic")
GOOD: dict[str, Any] = _SOURCES.data
PROMPTS = {language: set(texts) for language, texts in _SOURCES.words.items()}


def faults(*spoil: Callable[[dict[str, Any]], Any], prompts: dict[str, set[str]] | None = None) -> list[str]:
    data = copy.deepcopy(GOOD)
    for change in spoil:
        change(data)
    try:
        parse_script(data, prompts)
    except ScriptError as error:
        return error.faults
    return []


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Put a value at a dotted path. None removes the name."""

    def change(data: dict[str, Any]) -> None:
        *way, last = path.split("/")
        place: Any = data
        for name in way:
            place = place[int(name)] if isinstance(place, list) else place[name]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


def test_the_good_script_is_good() -> None:
    assert faults(prompts=PROMPTS) == []


BROKEN: dict[str, tuple[tuple[Callable[[dict[str, Any]], None], ...], str]] = {
    "unknown top name": ((put("colour", "red"),), "colour: is unknown here"),
    "unknown node name": ((put("nodes/q1/colour", "red"),), "nodes.q1.colour: is unknown here"),
    "format": ((put("format", "wakescript/9"),), "format: must be wakescript/1"),
    "no id": ((put("id", None),), "id: is missing"),
    "status": ((put("status", "live"),), "status: must be one of draft, published, retired"),
    "default language": (
        (put("languages/default", "fr"),),
        "languages.default: 'fr' is not among the supported languages",
    ),
    "no voice": ((put("voices/en", None),), "voices.en: is missing"),
    "voice of no language": ((put("voices/fr", {"voice": "x"}),), "voices.fr: is unknown here"),
    "fallback": ((put("languages/fallback/zh-SG", "ms"),), "languages.fallback.zh-SG: must be one of zh-CN, en"),
    "node type": ((put("nodes/q1/type", "quiz"),), "nodes.q1.type: must be one of"),
    "node is text": ((put("nodes/q1", "hello"),), "nodes.q1: must be a mapping"),
    "no type": ((put("nodes/q1/type", None),), "nodes.q1.type: is missing"),
    "no exit": ((put("nodes/q1/to", None),), "nodes.q1.to: is missing"),
    "loose exit": ((put("nodes/q1/to", "q9"),), "nodes.q1: leads to 'q9', which is not a node"),
    "loose key": ((put("nodes/closing/keys/1", "gone"),), "nodes.closing: leads to 'gone', which is not a node"),
    "loose global key": ((put("keys/0", "gone"),), "keys.0: leads to 'gone', which is not a node"),
    "loose word": ((put("words/agent", "gone"),), "words.agent: leads to 'gone', which is not a node"),
    "loose entry": ((put("entry/human", "gone"),), "entry.human: leads to 'gone', which is not a node"),
    "no entry for fax": ((put("entry/fax", None),), "entry.fax: is missing"),
    "unreachable": ((put("nodes/island", {"type": "hangup"}),), "nodes.island: cannot be reached"),
    "silent loop": ((put("nodes/predict_firm/to", "weigh"),), "nodes.predict_firm: is in a loop that never listens"),
    "no end": (
        (
            put("nodes/end_fool", {"type": "say", "prompts": ["end.error"], "to": "end_fool"}),
            put("nodes/third/keys/1", "end_fool"),
        ),
        "nodes.end_fool: no path leads from here to a hangup",
    ),
    "key clash": (
        (put("nodes/closing/keys/9", "more"),),
        "nodes.closing.keys.9: is a global key of the script already",
    ),
    "key of questions": ((put("keys/3", "agent"),), "keys.3: is an answer to a question"),
    "no key": ((put("nodes/closing/keys/12", "more"),), "nodes.closing.keys.12: is not a key (0-9, *)"),
    "not a meaning": ((put("nodes/closing/words/perhaps", "more"),), "nodes.closing.words.perhaps: is not a meaning"),
    "menu without keys": ((put("nodes/code/keys", {}),), "nodes.code.keys: is missing"),
    "no reprompts": ((put("nodes/code/reprompts", None),), "nodes.code.reprompts: is missing"),
    "prompts are text": ((put("nodes/code/prompts", "code.read"),), "nodes.code.prompts: must be a list of strings"),
    "seconds": ((put("nodes/code/timeout_s", "soon"),), "nodes.code.timeout_s: must be 1 to 60 seconds"),
    "too many seconds": ((put("nodes/code/timeout_s", "61"),), "nodes.code.timeout_s: must be 1 to 60 seconds"),
    "flag": ((put("nodes/stay/global_exits", "off"),), "nodes.stay.global_exits: must be one of yes, no"),
    "two wordings": (
        (put("nodes/q1/variants", [{"prompt": "q1.a", "risk": "yes"}] * 2),),
        "nodes.q1.variants: must be 3 wordings",
    ),
    "risk": ((put("nodes/q1/variants/0/risk", "maybe"),), "nodes.q1.variants[0].risk: must be one of yes, no"),
    "weight": ((put("nodes/q1/weight", "3"),), "nodes.q1.weight: must be one of 1, 2"),
    "weights": ((put("nodes/q1/weight", "2"),), "nodes.q1: there must be three questions, with the weights 1, 2 and 1"),
    "score exit": ((put("nodes/weigh/coached", None),), "nodes.weigh.coached: is missing"),
    "branch without otherwise": ((put("nodes/has_code/otherwise", None),), "nodes.has_code.otherwise: is missing"),
    "two conditions": (
        (put("nodes/has_code/cases/0/when", {"variable": "call_code", "flag": "x"}),),
        "nodes.has_code.cases[0].when: must test exactly one of",
    ),
    "contact": ((put("nodes/right_party/contact", "friend"),), "nodes.right_party.contact: must be one of"),
    "outcome": ((put("nodes/not_me/outcome", "allow"),), "nodes.not_me.outcome: must be one of"),
    "empty finding": ((put("nodes/not_me/outcome", None),), "nodes.not_me: must have a contact or an outcome"),
    "machine is asked": ((put("entry/machine", "opening"),), "entry.machine: leads to opening, which waits"),
    "error is no hangup": ((put("on/error", "opening"),), "on.error: must lead to a hangup"),
    "limit is no hangup": ((put("on/limit", "opening"),), "on.limit: must lead to a hangup"),
    "constant no looks harmless": (
        (put("nodes/plain_3/variants/0/risk", "yes"),),
        "nodes.q1: in variant a a constant no looks harmless; turn one question around",
    ),
    "honest no accuses": (
        (put("nodes/plain_2/variants/2/risk", "no"),),
        "nodes.q1: in variant c an honest no to all three would count as a contradiction",
    ),
    "a key that frees the money": (
        (put("nodes/more/keys/1", "consistent"),),
        "nodes.more: only the `consistent` exit of a score may lead to consistent",
    ),
    "a key from anywhere frees the money": (
        (put("keys/8", "consistent"),),
        "script: only the `consistent` exit of a score may lead to consistent, no key, word or entry",
    ),
    "the wrong band frees the money": (
        (put("nodes/verdict/undecided", "consistent"),),
        "nodes.verdict: only the `consistent` exit of a score may lead to consistent",
    ),
    "a language nobody speaks": (
        (
            put("nodes/turn", {"type": "language", "language": "fr", "to": "right_party"}),
            put("nodes/opening/keys/1", "turn"),
        ),
        "nodes.turn.language: 'fr' is not among the supported languages",
    ),
    "shares": (
        (put("nodes/q1", {"type": "split", "ways": [{"share": "40", "to": "weigh"}, {"share": "50", "to": "weigh"}]}),),
        "nodes.q1.ways: must have shares that add up to 100",
    ),
    "one way only": (
        (put("nodes/q1", {"type": "split", "ways": [{"share": "100", "to": "weigh"}]}),),
        "nodes.q1.ways: must not be empty",
    ),
    "reserved name": ((put("nodes/repeat", {"type": "hangup"}),), "nodes.repeat: is a reserved name"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_script_is_refused_with_its_fault(name: str) -> None:
    spoil, expected = BROKEN[name]
    found = faults(*spoil)
    assert any(fault.startswith(expected) for fault in found), found


def test_all_faults_are_named_at_once() -> None:
    found = faults(put("id", None), put("nodes/q1/to", None), put("voices/en", None), put("colour", "red"))
    assert {fault.split(":")[0] for fault in found} >= {"id", "nodes.q1.to", "voices.en", "colour"}


def test_words_of_every_language_are_checked() -> None:
    assert faults(prompts={**PROMPTS, "en": PROMPTS["en"] - {"q1.b"}}) == ["prompts.en.q1.b: is missing"]
    assert faults(prompts={**PROMPTS, "en": PROMPTS["en"] | {"joke"}}) == ["prompts.en.joke: is never said"]
    assert faults(prompts={**PROMPTS, "fr": set()}) == ["prompts.fr: is not a language of this script"]
    assert len(faults(prompts={"zh-CN": PROMPTS["zh-CN"]})) == len(PROMPTS["en"])


@pytest.mark.parametrize(
    "junk", [[], "text", None, {}, {"nodes": []}, {"nodes": {"a": None}}, {"languages": {"supported": "en"}}]
)
def test_junk_is_refused_and_never_crashes(junk: Any) -> None:
    with pytest.raises(ScriptError):
        parse_script(junk)
