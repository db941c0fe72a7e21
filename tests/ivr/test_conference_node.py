"""The conference node, waiting and joined: every input has its exit, and no party waits for ever."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ivr.checked_script import parse_script
from tests.ivr.stage import Call
from tests.ivr.test_interpreter import SMALL, play
from wakeup.ivr.conversation import Conversation, Wish
from wakeup.ivr.input_nodes import LOOK_S
from wakeup.ivr.parse import read_script
from wakeup.ivr.script import ScriptError
from wakeup.ivr.turn import (
    ConferenceStatus,
    Keys,
    MeetingNews,
    PersonLeft,
    Recorded,
    Room,
    Silence,
    Speech,
    TransferResult,
    Turn,
)

ROOM = {"room": "room-case_1"}
WAYS = ("ended", "left", "failed", "nobody_came", "limit", "nobody_ready")
CONFERENCE = {
    "type": "conference", "who": "guardian", "prompts": ["wait"], "waiting": "still", "joining": "join",
    "wait_s": "30", "talk_s": "900", **{way: way for way in WAYS},
}  # fmt: skip
ENDS = {name: {"type": "hangup", "prompts": [name]} for name in (*WAYS, "person")}
HERE = MeetingNews(ConferenceStatus.HERE)
COMING = MeetingNews(ConferenceStatus.COMING)


def called(*acts: Any, who: str = "guardian", given: dict[str, str] = ROOM, **changes: str) -> Call:
    nodes = {**SMALL["nodes"], **ENDS, "start": {**CONFERENCE, "who": who, **changes}}
    variables = {"room": {"heard_by": "anyone", "required": "no"}}
    whole = read_script(
        {**SMALL, "keys": {"9": "repeat", "0": "person"}, "words": {"agent": "person"}, "nodes": nodes,
         "variables": variables}
    )  # fmt: skip
    return play(whole, "answered human", *acts, variables=given)


def test_a_guardian_is_invited_waited_for_and_met() -> None:
    call = called()
    assert call.heard == "<wait>" and call.conversation.wishes == {Wish.COMPANY}
    ear = call.turns[-1].listen
    assert ear is not None and ear.timeout_s == LOOK_S and call.turns[-1].room is None
    call.take(COMING)
    assert call.heard == "<still>"
    call.take(HERE)
    turn = call.turns[-1]
    assert (call.heard, turn.room, turn.listen) == ("<join>", Room(name="room-case_1", talk_s=900), None)
    assert not turn.ends and Turn.from_json(turn.to_json()) == turn
    assert Conversation.from_json(call.conversation.to_json()) == call.conversation and call.conversation.inside
    call.take(MeetingNews(ConferenceStatus.ENDED))
    assert call.heard == "<ended>" and not call.conversation.inside


def test_a_node_that_waits_for_the_customer_invites_no_agent() -> None:
    assert not called(who="customer").conversation.wishes


def test_where_no_agent_can_come_nothing_is_said() -> None:
    call = called(given={})
    assert call.heard == "<nobody_ready>" and not call.conversation.wishes


@pytest.mark.parametrize(
    "how", [how for how in ConferenceStatus if how not in (ConferenceStatus.COMING, ConferenceStatus.HERE)]
)
def test_every_end_of_a_conference_has_its_exit(how: ConferenceStatus) -> None:
    assert called(MeetingNews(how)).heard == f"<{how}>"
    assert called(HERE, MeetingNews(how)).heard == f"<{how}>"


@pytest.mark.parametrize(
    ("act", "heard"),
    [
        (Keys("2"), "<left>"),
        (Keys("7"), "<still>"),
        (Keys("0"), "<person>"),
        (Keys("9"), "<wait>"),
        (Silence(), "<still>"),
        (Speech("the weather is lovely tonight"), "<still>"),
        (Speech("a person please"), "<person>"),
        (Recorded(None), "<still>"),
        (PersonLeft(TransferResult.TALKED), "<ended>"),
        (PersonLeft(TransferResult.BUSY), "<failed>"),
    ],
)
def test_a_callees_act_while_waiting_in_the_conference_is_answered(act: Any, heard: str) -> None:
    assert called(act).heard == heard


@pytest.mark.parametrize("act", [Silence(), COMING, HERE, Keys("7")])
def test_a_callee_who_returns_from_a_conference_without_a_reason_was_not_let_in(act: Any) -> None:
    assert called(HERE, act).heard == "<failed>"


def test_no_customer_waits_for_ever() -> None:
    call = called(*[COMING] * 4)
    assert call.heard == "<still>"
    call.take(COMING)
    assert call.heard == "<nobody_came>"


def test_the_time_in_a_room_is_no_part_of_the_script() -> None:
    before = called(HERE).conversation.lasted_ms
    assert called(HERE, MeetingNews(ConferenceStatus.LIMIT)).conversation.lasted_ms == before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"talk_s": "1801"}, "nodes.start.talk_s: must be 1 to 1800 seconds"),
        ({"who": "police"}, "nodes.start"),
        ({"limit": "nowhere"}, "nodes.start: leads to 'nowhere', which is not a node"),
        ({"leave": "#"}, "nodes.start.leave: is not a key (0-9, *)"),
    ],
)
def test_bounds_are_checked_when_a_script_is_read(change: dict[str, str], why: str) -> None:
    with pytest.raises(ScriptError) as refused:
        parse_script({**SMALL, "nodes": {**SMALL["nodes"], **ENDS, "start": {**CONFERENCE, **change}}})
    assert any(why in fault for fault in refused.value.faults), refused.value.faults
