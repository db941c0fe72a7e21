"""Two versions read each other's stored turns during an upgrade: nothing new is written without need, and what a later
version writes is passed over."""

from __future__ import annotations

import json

import pytest

from tests.ivr.stage import Call
from wakeup.ivr.turn import Connect, Listen, Room, Tape, Turn, Utterance

SAID = Utterance(text="Hello", language="en")
TURNS = (
    Turn(n=0, node="a", utterances=(SAID,), listen=Listen(hints=("yes",))),
    Turn(n=0, node="a", utterances=(SAID,), listen=Listen(interrupted_by_speech=False)),
    Turn(n=0, node="a", utterances=(SAID,), tape=Tape(max_s=9)),
    Turn(n=0, node="a", utterances=(SAID,), connect=Connect(whisper=SAID, key="1", ring_s=20, n=0)),
    Turn(n=0, node="a", utterances=(SAID,), room=Room(name="r", talk_s=60)),
    Turn(n=0, node="a", utterances=()),
)


@pytest.mark.parametrize("turn", TURNS)
def test_a_stored_turn_comes_back_as_it_was(turn: Turn) -> None:
    assert Turn.from_json(turn.to_json()) == turn


def test_an_ordinary_turn_has_no_key_that_the_version_before_does_not_know() -> None:
    """Its part of the app raised on every turn that the new part had stored."""
    for turn in Call().take("answered human", "key 1", "key 1", "key 1", "silence").turns:
        listen = json.loads(turn.to_json())["listen"]
        assert set(listen) == {"timeout_s", "max_digits", "finish_key", "speech", "max_speech_s", "hints"}


def test_a_turn_that_speech_must_not_cut_short_says_so() -> None:
    assert json.loads(TURNS[1].to_json())["listen"]["interrupted_by_speech"] is False


@pytest.mark.parametrize("turn", TURNS)
def test_what_a_later_version_writes_is_passed_over(turn: Turn) -> None:
    data = json.loads(turn.to_json())
    parts = [data, *data["utterances"], *(data[name] for name in ("listen", "tape", "connect", "room") if data[name])]
    for part in (*parts, *(part["whisper"] for part in parts if "whisper" in part)):
        part["of_a_later_version"] = {"a": 1}
    assert Turn.from_json(json.dumps(data)) == turn
