"""Nodes that accept more than a key or a plain word: several digits, an open answer, a message."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import Call
from tests.ivr.test_interpreter import SMALL, play
from wakeup.domain.outcome import Contact
from wakeup.ivr.parse import read_script
from wakeup.ivr.script import Script, ScriptError
from wakeup.ivr.turn import Keys, Recorded, Silence, Speech, Tape, Turn

COLLECT = {"type": "collect", "prompts": ["hour"], "reprompts": ["again"], "least": "2", "most": "4", "filled": "got"}
OPEN = {"type": "speech", "prompts": ["how"], "reprompts": ["again"], "heard": "got", "timeout_s": "9", "max_s": "20"}
RECORD = {
    "type": "record", "prompts": ["leave"], "max_s": "40", "done": "got", "silent": "nothing", "failed": "broken",
}  # fmt: skip
ENDS = {name: {"type": "hangup", "prompts": [name]} for name in ("got", "nothing", "broken", "lost", "person")}


def script(start: dict[str, Any], **changes: Any) -> Script:
    on = {**SMALL["on"], "silent": "nothing", "unclear": "lost"}
    words = {"repeat": "repeat", "agent": "person", "distress": "person", "not_me": "person"}
    nodes = {**SMALL["nodes"], **ENDS, "start": start}
    return read_script(
        {**SMALL, "on": on, "keys": {"9": "repeat", "0": "person"}, "words": words, "nodes": nodes, **changes}
    )


def taken(start: dict[str, Any], *acts: str | Keys | Speech | Recorded | Silence) -> Call:
    return play(script(start), "answered human").take(*acts)


def test_digits_are_kept_and_never_spoken() -> None:
    call = taken(COLLECT)
    ear = call.turns[-1].listen
    assert ear is not None and (ear.max_digits, ear.finish_key, ear.timeout_s) == (4, "#", 8)
    call.take("key 1530")
    assert call.heard == "<got>" and call.conversation.filled == {"start": "1530"}
    assert "1530" not in repr(call.conversation) and "1530" not in call.turns[-1].to_json()
    assert call.findings.live_person, "keys that were asked for are pressed by somebody"


@pytest.mark.parametrize(
    ("acts", "heard"),
    [
        (["key 12"], "<got>"),
        (["key 1"], "<again>"),
        (["key 12345"], "<again>"),
        (["key 1*3"], "<again>"),
        (["key 1", "key 1"], "<lost>"),
        (["silence"], "<again>"),
        (["silence", "silence"], "<nothing>"),
        (["say the weather is lovely"], "<again>"),
        (["key 0"], "<person>"),
        (["key 9"], "<hour>"),
        (["say agent"], "<person>"),
        (["silence", "key 1530"], "<got>"),
    ],
)
def test_every_answer_to_a_wish_for_digits_has_its_way(acts: list[str], heard: str) -> None:
    assert taken(COLLECT, *acts).heard == heard


@pytest.mark.parametrize(
    ("acts", "heard"),
    [
        (["say they called me about a parcel and then about my account"], "<got>"),
        (["say yes"], "<got>"),
        (["silence"], "<again>"),
        (["silence", "silence"], "<nothing>"),
        (["key 7"], "<again>"),
        (["key 7", "key 7"], "<lost>"),
        (["key 0"], "<person>"),
        (["say a person please"], "<person>"),
        (["say the agent told me to go on and not to speak to anybody"], "<got>"),
        (["say 他们说我卷进了一个案子，叫我找人工客服配合，还要我保密"], "<got>"),
        (["say I have thought about it for weeks and weeks and now I want to die"], "<person>"),
        (["say 我想了很久很久，谁也没告诉过，我真的不想活了"], "<person>"),
    ],
)
def test_an_open_answer_is_taken_whole_but_despair_is_heard_in_it(acts: list[str], heard: str) -> None:
    call = taken(OPEN, *acts)
    assert call.heard == heard
    assert all("account" not in turn.to_json() for turn in call.turns)


def test_an_open_answer_may_last_and_is_given_no_hints() -> None:
    ear = taken(OPEN).turns[-1].listen
    assert ear is not None and (ear.timeout_s, ear.max_speech_s, ear.hints, ear.max_digits) == (9, 20, (), 1)


def test_the_words_of_an_answering_machine_prove_no_person() -> None:
    assert not taken(OPEN, "say please leave your name after the long tone").findings.live_person
    assert taken(OPEN, "say hello").conversation.filled == {"start": ""}, "the words are where all their words are"


@pytest.mark.parametrize(
    ("act", "heard", "kept"),
    [
        (Recorded("RE" + "1" * 32, seconds=12), "<got>", {"start": "RE" + "1" * 32}),
        (Recorded(None), "<broken>", {}),
        (Silence(), "<nothing>", {}),
        (Keys("4"), "<nothing>", {}),
    ],
)
def test_a_message_is_kept_by_its_id(act: Any, heard: str, kept: dict[str, str]) -> None:
    call = taken(RECORD)
    turn = call.turns[-1]
    assert turn.tape == Tape(max_s=40) and turn.listen is None and not turn.ends
    assert Turn.from_json(turn.to_json()) == turn
    call.take(act)
    assert (call.heard, call.conversation.filled) == (heard, kept)
    assert call.findings.contact is Contact.UNVERIFIED_HUMAN


def test_a_recording_where_none_was_asked_for_counts_as_silence() -> None:
    assert taken(COLLECT, Recorded("RE" + "1" * 32)).heard == "<again>"
    menu = {"type": "menu", "prompts": ["hello"], "reprompts": ["again"], "keys": {"1": "got"}}
    assert taken(menu, Recorded("RE" + "1" * 32)).heard == "<again>"


def test_a_branch_may_ask_whether_digits_were_given() -> None:
    asks = {"type": "branch", "cases": [{"when": {"filled": "start"}, "to": "got"}], "otherwise": "nothing"}
    for acts, heard in ((["key 1530"], "<got>"), (["silence", "silence"], "<nothing>")):
        start = {**COLLECT, "filled": "asks", "silent": "asks"}
        nodes = {**SMALL["nodes"], **ENDS, "start": start, "asks": asks}
        whole = read_script({**SMALL, "nodes": nodes})
        assert play(whole, "answered human", *acts).heard == heard


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"least": "1"}, "nodes.start.least: must be at least 2; for one key use a menu"),
        ({"most": "13"}, "nodes.start.most: must be 2 to 12 digits"),
        ({"least": "5"}, "`least` above `most`"),
        ({"filled": "nowhere"}, "nodes.start: leads to 'nowhere', which is not a node"),
    ],
)
def test_bounds_are_checked_when_a_script_is_read(change: dict[str, str], why: str) -> None:
    with pytest.raises(ScriptError) as refused:
        parse_script({**SMALL, "nodes": {**SMALL["nodes"], **ENDS, "start": {**COLLECT, **change}}})
    assert any(why in fault for fault in refused.value.faults), refused.value.faults


def test_a_recorded_message_counts_towards_the_length_of_the_call() -> None:
    call = taken({**RECORD, "done": "start2"} | {"done": "got"}, Recorded("RE" + "1" * 32, seconds=30))
    assert 30_000 <= call.conversation.lasted_ms < 32_000
