"""The document that lets a supervisor join a talk."""

from __future__ import annotations

from typing import Any

import pytest

from wakeup.ivr.turn import Room, Turn
from wakeup.telephony.rooms import Waiting
from wakeup.telephony.twiml import render


@pytest.mark.parametrize(
    ("room", "said", "unsaid"),
    [
        ({"muted": True}, ('muted="true"', 'beep="false"'), ("coach",)),
        ({"coach": "CA1"}, ('coach="CA1"',), ("muted",)),
        ({}, (), ("coach", "muted")),
    ],
)
def test_a_leg_beside_a_conversation_neither_begins_nor_ends_it(
    room: dict[str, Any], said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    turn = Turn(n=1, node="r", utterances=(), room=Room(name="line-1-2", talk_s=60, beside=True, **room), language="en")
    document = render(
        Turn.from_json(turn.to_json()), "https://us/2", waiting=Waiting(hold_url="https://h", events_url="https://e")
    )
    for words in ('startConferenceOnEnter="false"', 'endConferenceOnExit="false"', *said):
        assert words in document
    assert not any(words in document for words in unsaid)
