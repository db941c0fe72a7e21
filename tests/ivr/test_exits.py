"""The exits of a script, and that the path of a call is reconstructed as it was taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ivr.stage import GENERIC, VARIABLES, Call
from tests.ivr.test_properties import CALLS, INPUTS
from tests.ivr.tiny import edit, tell, tiny_library
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.render import RenderContext
from wakeup.ivr.turn import Answered, AnsweredBy, Input, Keys
from wakeup.workshop.stories.exits import bands, exits_of
from wakeup.workshop.stories.run import run
from wakeup.workshop.stories.trace import LostError, trace


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return tiny_library(tmp_path / "library")


def test_a_split_is_taken_each_way_by_a_callee_it_sends_there(tiny: Path) -> None:
    edit(tiny, "tiny/script.yaml", "human: start, unknown: start", "human: who, unknown: who")
    split = 'who: {type: split, ways: [{share: "99", to: start}, {share: "1", to: bye}]}'
    edit(tiny, "tiny/script.yaml", "nodes:\n", f"nodes:\n  {split}\n")
    assert {one.exit for one in run(tiny).untaken} == {"nodes.who.ways[1]"}, "by chance one is sent the rare way"
    tell(tiny, '  rare: {sent: {who: "2"}, inputs: [answered human], contact: unverified_human, outcome: partial}')
    assert run(tiny, update=True).clean
    assert "rare a\n  answered human > who, bye\n" in (tiny / "tiny/transcript.en.txt").read_text("utf-8")


def test_impossible_exits_need_no_story() -> None:
    script = GENERIC.script
    assert bands(script)["verdict"] == {"contradicted", "undecided", "consistent"}, "the coached are gone by then"
    asked = exits_of(script)
    assert "nodes.verdict.coached" not in asked and "nodes.weigh.coached" in asked
    assert "nodes.stay.unclear" not in asked and "nodes.stay.silent" in asked


@settings(max_examples=150, deadline=None)
@given(CALLS, st.lists(INPUTS, max_size=4))
def test_the_exits_worked_out_are_those_that_may_be_taken_whatever_the_callee_does(
    call: tuple[str, int, list[Input]], more: list[Input]
) -> None:
    """This also proves that the exits left out are unreachable: no input ever takes one that is not asked for."""
    language, variant, acts = call
    script, variables, asked = GENERIC.script, VARIABLES[language], exits_of(GENERIC.script)
    conversation = begin(
        script, GENERIC.prompts, conversation_id="c", language=language, variant=variant, variables=variables
    )
    stage = RenderContext(script=script, prompts=GENERIC.prompts, variables=variables)
    known = [Keys("1"), Keys("1"), Keys("1")]
    for act in [Answered(AnsweredBy.HUMAN), *known[: len(more)], *acts, *more]:
        after, _ = advance(script, GENERIC.prompts, conversation, act, variables)
        assert set(trace(stage, conversation, act, after).exits) <= set(asked)
        conversation = after


def test_a_way_the_interpreter_did_not_go_is_not_reported() -> None:
    before = Call().take("answered human").conversation
    after = replace(before, node="third", visits={**before.visits, "third_party": 1, "third": 1}, live=True)
    stage = RenderContext(script=GENERIC.script, prompts=GENERIC.prompts, variables=VARIABLES["zh-CN"])
    with pytest.raises(LostError, match="opening to third"):
        trace(stage, before, Keys("1"), after)
