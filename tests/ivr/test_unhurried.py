"""Callees who need time: two keys at once, each step again, and pauses in which an experienced user finds the key."""

from __future__ import annotations

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import LIBRARY, Call
from tests.ivr.test_interpreter import SMALL, Echo
from wakeup.ivr.library import Published
from wakeup.ivr.nodes import Menu, Question
from wakeup.ivr.parse import read_script

LEAST_WAIT_S = 10
MENU = {
    "type": "menu", "prompts": ["hello", "all"], "reprompts": ["again"], "steps": ["first", "second"],
    "keys": {"1": "bye", "2": "bye", "3": "bye"},
}  # fmt: skip


def call(unhurried: bool, **nodes: object) -> Call:
    script = parse_script({**SMALL, "nodes": {**SMALL["nodes"], **nodes}})
    return Call("en", published=Published(script=script, prompts=Echo()), variables={}, unhurried=unhurried)


def heard(played: Call, *acts: str) -> list[str]:
    words = []
    for act in acts:
        words.append(played.take(act).heard)
    return words


def test_a_menu_is_offered_step_by_step_and_each_step_once_more() -> None:
    slow = call(True, start=MENU)
    acts = ("answered human", "silence", "key 8", "silence", "silence")
    assert heard(slow, *acts) == ["<hello> <first>", "<second>", "<first>", "<second>", "<bye>"]
    assert heard(call(False, start=MENU), "answered human", "silence", "silence") == [
        "<hello> <all>",
        "<again>",
        "<bye>",
    ]


def test_every_key_is_taken_at_every_step_and_repeating_begins_anew() -> None:
    assert heard(call(True, start=MENU), "answered human", "key 3")[-1] == "<bye>"
    assert heard(call(True, start=MENU), "answered human", "silence", "key 9")[-1] == "<hello> <first>"


def test_a_menu_without_steps_is_the_same_for_all() -> None:
    plain = {**MENU, "steps": ["only"]}
    del plain["steps"]
    assert heard(call(True, start=plain), "answered human", "silence") == ["<hello> <all>", "<again>"]


def test_a_question_is_asked_twice_before_the_third_key_is_told() -> None:
    slow = Call("en", unhurried=True).to_question()
    first = slow.heard
    assert "press 1" in first and "press 2" in first and "press 3" not in first
    assert "press 3" not in slow.take("silence").heard and "press 2" in slow.heard
    assert slow.take("silence").heard == "If unsure, press 3."
    assert slow.take("silence").node == "plain_2", "then it counts as not sure"
    assert slow.findings.score == 0.5


def test_who_pressed_a_wrong_key_hears_the_question_again_before_the_third_key() -> None:
    slow = Call("en", unhurried=True).to_question()
    assert "First question." in slow.take("key 7").heard and "press 3" not in slow.heard
    slow.take("key 7")
    assert "First question." in slow.heard and slow.heard.endswith("If unsure, press 3.")


def test_three_silences_do_not_end_a_call_that_was_to_be_patient() -> None:
    slow = Call("en", unhurried=True).to_question().take(*["silence"] * 4)
    assert slow.node == "plain_2" and slow.turns[-1].listen is not None
    assert slow.take("silence").findings.outcome == "no_input"
    assert Call("en").to_question().take(*["silence"] * 3).findings.outcome == "no_input"


@pytest.mark.parametrize("published", tuple(LIBRARY), ids=lambda published: published.script.id)
def test_every_menu_waits_long_enough_to_find_the_key(published: Published) -> None:
    for name, node in published.script.nodes.items():
        if isinstance(node, Menu | Question):
            waits = node.timeout_s if isinstance(node, Menu) and not node.global_exits else node.timeout_s * 2
            assert waits >= LEAST_WAIT_S, name
    for voice in published.script.voices.values():
        assert voice.slow_rate is not None and voice.rate is not None and voice.slow_rate < voice.rate


def test_a_way_may_differ_by_pace() -> None:
    who = {"type": "branch", "cases": [{"when": {"unhurried": "yes"}, "to": "bye"}], "otherwise": "sorry"}
    script = read_script(
        {**SMALL, "entry": {**SMALL["entry"], "human": "who"}, "nodes": {**SMALL["nodes"], "who": who}}
    )
    for unhurried, words in ((True, "<bye>"), (False, "<sorry>")):
        played = Call("en", published=Published(script=script, prompts=Echo()), variables={}, unhurried=unhurried)
        assert heard(played, "answered human") == [words]
