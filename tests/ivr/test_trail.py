"""The trail of an input: the exits it took lead to the nodes it entered, and what it says was said was said."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ivr.stage import GENERIC, LIBRARY, Call, read_input
from tests.ivr.test_interpreter import SMALL, Echo, play
from tests.ivr.test_properties import INPUTS
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.interpreter import advance, begin, follow
from wakeup.ivr.library import Published
from wakeup.ivr.parse import read_script
from wakeup.ivr.render import RenderContext
from wakeup.ivr.script import Script
from wakeup.ivr.trail import Again, Follower, Trail
from wakeup.ivr.turn import (
    Answered,
    AnsweredBy,
    Cancelled,
    ConferenceStatus,
    HungUp,
    Input,
    Keys,
    MeetingNews,
    NothingLeft,
    PersonLeft,
    Recorded,
    Silence,
    Speech,
    TransferResult,
)
from wakeup.workshop.stories.script_exits import Exits, exits_of
from wakeup.workshop.tryout.variables import sample_variables

EVENTS: st.SearchStrategy[Input] = st.one_of(
    INPUTS,
    INPUTS,
    st.builds(PersonLeft, st.sampled_from(TransferResult)),
    st.builds(MeetingNews, st.sampled_from(ConferenceStatus)),
    st.builds(Recorded, st.none() | st.just("RE1"), st.integers(0, 60)),
    st.sampled_from([Silence(), Silence(), Cancelled(), NothingLeft()]),
)
PLAYED = st.sampled_from([(published, lang) for published in LIBRARY for lang in published.script.languages.supported])
PROMPT = re.compile(r"nodes\.(\w+)\.(?:(reprompts|steps)\[(\d+)]|(on_silence|on_unclear))")


@lru_cache
def exits(content_hash: str) -> Exits:
    return next(exits_of(published.script) for published in LIBRARY if published.script.content_hash == content_hash)


def prompts_of(script: Script, trail: Trail) -> list[str]:
    """The prompts that these exits say are said."""
    named = []
    for found in filter(None, map(PROMPT.fullmatch, trail.exits)):
        node, many, at, one = found.groups()
        field = getattr(script.nodes[node], many or one)
        named.append(field[int(at)] if many else field)
    return named


def check(published: Published, before: Conversation, act: Input, variables: Any) -> Conversation:
    script = published.script
    after, turn, trail = follow(script, published.prompts, before, act, variables)
    assert (after, turn) == advance(script, published.prompts, before, act, variables), "nothing depends on a follower"
    known = exits(script.content_hash)
    assert {*trail.exits} <= {*known}, "an exit left out of the list cannot be taken"
    assert {*prompts_of(script, trail)} <= {*after.said}
    if after == before:
        assert trail == Trail()
    if trail.again is None:
        assert trail.nodes == tuple(dict.fromkeys(known[one] for one in trail.exits)), trail
    else:
        assert after.node == before.node and not after.finished, trail
    if after.fault is None and not isinstance(act, HungUp):
        assert Counter(trail.nodes) == Counter(after.visits) - Counter(before.visits)
        assert after.node == (before.node, *trail.nodes)[-1]
    return after


@settings(max_examples=300, deadline=None)
@given(PLAYED, st.integers(0, 2), st.booleans(), st.integers(0, 8), st.lists(EVENTS, max_size=25))
def test_whatever_the_callee_does_the_exits_lead_where_the_call_went(
    played: tuple[Published, str], variant: int, unhurried: bool, known: int, acts: list[Input]
) -> None:
    published, language = played
    variables = {**sample_variables(published.script, language), "room": "room-case_1", "person_ready": True}
    conversation = begin(
        published.script, published.prompts, conversation_id="c", language=language, variant=variant,
        variables=variables, split_by=str(known), unhurried=unhurried,
    )  # fmt: skip
    for act in [Answered(AnsweredBy.HUMAN), *[Keys("1")] * known, *acts, *[Silence()] * 6]:
        conversation = check(published, conversation, act, variables)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("word", ["好", "嗯", "ok", "yes", "是我"])
def test_a_sound_over_the_opening_takes_no_reprompt_that_is_not_said(word: str, language: str) -> None:
    said = []
    for first in (None, 300, 3000):
        call = Call(language, published=GENERIC).take("answered human")
        if first is not None:
            call.take(Speech("嗯", elapsed_ms=first))
        for elapsed_ms in range(200, 12_000, 400):
            act = Speech(word, confidence=0.9, elapsed_ms=elapsed_ms)
            said.append(trail_of(call, act).again)
            check(call.published, call.conversation, act, call.variables)
    assert Again.REPEATED in said


def trail_of(call: Call, act: str | Input, *, prompts: Echo | None = None) -> Trail:
    entry = call.published
    act = read_input(act) if isinstance(act, str) else act
    return follow(entry.script, prompts or entry.prompts, call.conversation, act, call.variables)[2]


def script(**start: Any) -> Script:
    return read_script({**SMALL, "nodes": {**SMALL["nodes"], "start": {"type": "menu", **start}}})


@pytest.mark.parametrize("unhurried", [False, True])
def test_who_cannot_be_hung_up_on_hears_each_reprompt_that_the_trail_names(unhurried: bool) -> None:
    steps = {"prompts": ["hello", "all"], "reprompts": ["again", "last"], "steps": ["first", "second", "third"]}
    call = play(script(**steps, global_exits="no"))
    call = Call("en", published=call.published, variables={}, unhurried=unhurried).take("answered human")
    named = []
    for _ in range(12):
        trail = trail_of(call, "key 8")
        assert trail.again is Again.ASKED and len(trail.exits) == 1
        call.take("key 8")
        named += prompts_of(call.published.script, trail)
        assert call.heard == f"<{named[-1]}>"
    assert {*named} == {*(steps["steps"] if unhurried else steps["reprompts"])}


def test_who_needs_time_and_hears_only_the_third_key_is_not_told_what_follows_a_silence() -> None:
    call = Call(unhurried=True).to_question()
    assert trail_of(call, "silence") == Trail(("nodes.q1.on_silence",), (), Again.ASKED)
    assert trail_of(call.take("silence"), "silence") == Trail((), (), Again.ASKED)


MENU: dict[str, Any] = {"prompts": ["hello"], "reprompts": ["again"], "keys": {"1": "start"}}


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("key 9", Trail(("keys.9",), ("start",), Again.REPEATED)),
        ("key 0", Trail(("keys.0",), ("bye",))),
        ("key 1", Trail(("nodes.start.keys.1",), ("start",))),
        ("key 7", Trail(("nodes.start.reprompts[0]",), (), Again.ASKED)),
        ("say 请说中文", Trail((), ("start",), Again.REPEATED)),
        ("cancelled", Trail(("on.cancelled",), ("bye",))),
        ("detected human", Trail()),
        ("detected machine", Trail(("entry.machine",), ("bye",))),
        ("hung up", Trail()),
    ],
)
def test_each_kind_of_input_has_its_trail(act: str, expected: Trail) -> None:
    assert trail_of(play(script(**MENU), "answered human"), act) == expected


def test_the_exit_of_a_menu_that_leaves_it_to_the_script_is_both() -> None:
    call = play(script(**MENU), "answered human", "silence")
    assert trail_of(call, "silence") == Trail(("nodes.start.silent", "on.silent"), ("bye",))
    call = play(script(**MENU, silent="enough"), "answered human", "silence")
    assert trail_of(call, "silence") == Trail(("nodes.start.silent",), ("enough",))


def test_a_way_that_broke_was_not_taken() -> None:
    call = play(script(**MENU), "answered human")
    assert trail_of(call, "key 7", prompts=Echo("again")) == Trail(("on.error",), ("sorry",))
    assert trail_of(call, "key 9", prompts=Echo("hello")) == Trail(("on.error",), ("sorry",))
    call.take("key 1", "key 1", "key 1")
    assert trail_of(call, "key 1") == Trail(("on.limit",), ("enough",))
    assert trail_of(call.take("key 1"), "key 1") == Trail(), "after the end"


@pytest.mark.parametrize(
    ("given", "taken", "to"),
    [({"a": True, "b": True}, "cases[0]", "bye"), ({"b": True}, "cases[1]", "sorry"), ({}, "otherwise", "sent")],
)
def test_the_case_that_was_true_and_the_way_that_was_drawn_are_the_exits(
    given: dict[str, bool], taken: str, to: str
) -> None:
    nodes = {
        "start": {
            "type": "branch",
            "cases": [{"when": {"variable": "a"}, "to": "bye"}, {"when": {"variable": "b"}, "to": "sorry"}],
            "otherwise": "sent",
        },
        "sent": {"type": "split", "ways": [{"share": str(share), "to": "bye"} for share in (1, 1, 98)]},
    }
    branching = read_script({**SMALL, "nodes": {**SMALL["nodes"], **nodes}})
    begun = begin(branching, Echo(), conversation_id="c", language="en", variant=0, variables=given)
    drawn = set()
    for lot in range(200) if to == "sent" else (0,):
        act = Answered(AnsweredBy.HUMAN)
        _, _, trail = follow(branching, Echo(), replace(begun, split_by=str(lot)), act, given)
        assert trail.exits[:2] == ("entry.human", f"nodes.start.{taken}") and trail.nodes[:2] == ("start", to)
        drawn.add(trail.exits[2:])
    ways = {(f"nodes.sent.ways[{at}]",) for at in range(3)}
    assert drawn == (ways if to == "sent" else {()})


def test_an_interpreter_that_is_not_followed_keeps_nothing() -> None:
    stage = RenderContext(script=GENERIC.script, prompts=GENERIC.prompts, variables={})
    assert type(stage.follower) is Follower and not hasattr(stage.follower, "__dict__")
