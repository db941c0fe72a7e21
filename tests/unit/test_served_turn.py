"""Turns are stored with the kind of the input that led to them."""

from __future__ import annotations

from typing import get_args

from wakeup.ivr.turn import (
    Answered,
    AnsweredBy,
    Cancelled,
    ConferenceStatus,
    Detected,
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
from wakeup.usecases.case.served_turn import input_kind

STORED: dict[Input, str] = {
    Answered(): "answered",
    Keys("15"): "keys 15",
    Speech("hello"): "speech",
    Silence(): "silence",
    Recorded(sid=None): "recorded",
    PersonLeft(TransferResult.TALKED): "personleft",
    MeetingNews(ConferenceStatus.HERE): "meetingnews",
    HungUp(): "hungup",
    Cancelled(): "cancelled",
    NothingLeft(): "nothingleft",
    Detected(AnsweredBy.MACHINE): "detected",
}


def test_the_kinds_of_input_are_stored_in_the_words_that_the_console_reads_back_for_years() -> None:
    assert {given: input_kind(given) for given in STORED} == STORED
    assert {type(given) for given in STORED} == set(get_args(Input)), "every input has a kind"


def test_a_class_of_input_may_be_renamed_without_changing_what_is_stored() -> None:
    class Renamed(HungUp):
        pass

    assert input_kind(Renamed()) == "hungup"
