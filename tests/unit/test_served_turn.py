"""Turns are stored with the kind of the input that led to them, which is the name of its class."""

from __future__ import annotations

from typing import get_args

from wakeup.ivr.turn import Input

STORED = {
    "answered", "cancelled", "detected", "hungup", "keys", "meetingnews", "nothingleft", "personleft", "recorded",
    "silence", "speech",
}  # fmt: skip


def test_no_input_class_is_renamed_under_the_turns_that_are_stored() -> None:
    """The console and the timeline read these words back for years: a new name would leave the old ones unread."""
    assert {kind.__name__.lower() for kind in get_args(Input)} == STORED
