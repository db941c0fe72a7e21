"""What a script does at a hang-up: it records outcomes and requests and says nothing. And why an outcome was found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import Call
from tests.ivr.test_interpreter import SMALL, Echo, play
from wakeup.domain.outcome import Outcome
from wakeup.ivr.conversation import Conversation, Wish
from wakeup.ivr.parse import read_script
from wakeup.ivr.render import RenderContext
from wakeup.ivr.script import Script, ScriptError
from wakeup.ivr.turn import HungUp
from wakeup.workshop.stories.trace import trace

NODES: dict[str, Any] = {
    "start": {"type": "menu", "prompts": ["hello"], "reprompts": ["again"], "keys": {"1": "silent_end"}},
    "gone": {"type": "branch", "cases": [{"when": {"flag": "hung_up"}, "to": "again"}], "otherwise": "silent_end"},
    "again": {"type": "callback", "to": "why"},
    "why": {"type": "decide", "outcome": "distress", "reason": "hung_up_in_despair", "to": "silent_end"},
    "silent_end": {"type": "hangup"},
}


def script(**nodes: Any) -> Script:
    return read_script(
        {**SMALL, "on": {**SMALL["on"], "hung_up": "gone"}, "nodes": {**SMALL["nodes"], **NODES, **nodes}}
    )


def gone(call: Call) -> Conversation:
    return call.take("hung up").conversation


def test_no_callee_hears_what_the_script_does_after_the_hang_up() -> None:
    call = play(script(), "answered human")
    before = call.conversation
    after = gone(call)
    assert call.turns[-1].utterances == () and call.turns[-1].ends
    assert after.finished and after.node == before.node and after.wishes == {Wish.CALLBACK}
    assert (after.outcome, after.reason) == (Outcome.DISTRESS, "hung_up_in_despair")
    assert Conversation.from_json(after.to_json()) == after
    step = trace(RenderContext(script=script(), prompts=Echo(), variables={}), before, HungUp(), after)
    assert step.exits[0] == "on.hung_up" and step.nodes == ("gone", "again", "why", "silent_end")


def test_where_the_script_says_nothing_of_it_nothing_happens() -> None:
    after = gone(play(read_script({**SMALL, "nodes": {**SMALL["nodes"], **NODES}}), "answered human"))
    assert after.finished and not after.wishes and after.outcome is None


def test_the_reason_of_the_outcome_that_stays_stays() -> None:
    found = gone(play(script(), "answered human"))
    assert found.found(None, Outcome.DISSUADED, "later").reason == "hung_up_in_despair"
    assert found.found(None, Outcome.NOT_ME, "graver").reason == "graver"


def test_a_loop_after_the_hang_up_ends_at_a_limit_and_is_a_fault() -> None:
    round_and_round = {"again": {"type": "callback", "to": "gone"}}
    ended = gone(play(script(**round_and_round), "answered human"))
    assert ended.finished and ended.fault is not None and ended.fault.startswith("limit")


@pytest.mark.parametrize("speaks", [{"type": "say", "prompts": ["hello"], "to": "silent_end"}])
def test_a_callee_who_has_hung_up_is_not_spoken_to(speaks: dict[str, Any]) -> None:
    with pytest.raises(ScriptError) as refused:
        parse_script(
            {**SMALL, "on": {**SMALL["on"], "hung_up": "gone"}, "nodes": {**SMALL["nodes"], **NODES, "again": speaks}}
        )
    assert any("speaks to a callee who has hung up" in fault for fault in refused.value.faults), refused.value.faults
