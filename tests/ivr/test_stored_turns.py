"""Two versions read each other's stored turns during an upgrade: what a later version writes is passed over."""

from __future__ import annotations

import json

import pytest

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


@pytest.mark.parametrize("turn", TURNS)
def test_what_a_later_version_writes_is_passed_over(turn: Turn) -> None:
    data = json.loads(turn.to_json())
    parts = [data, *data["utterances"], *(data[name] for name in ("listen", "tape", "connect", "room") if data[name])]
    for part in (*parts, *(part["whisper"] for part in parts if "whisper" in part)):
        part["of_a_later_version"] = {"a": 1}
    assert Turn.from_json(json.dumps(data)) == turn
