"""Forms in, values out: everything is tolerated except the lack of a field that every use case needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest
from multidict import MultiDict

from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import Answered, AnsweredBy, Detected, HungUp, Input, Keys, Recorded, Silence, Speech
from wakeup.telephony.fields import share, whole
from wakeup.telephony.inbound import (
    BadFormError,
    call_identity,
    call_report,
    caller_in,
    detection,
    message_in,
    message_report,
    room_event,
    turn_input,
)
from wakeup.usecases.inputs import MessageProgress

CALL = {
    "CallSid": "CA" + "1" * 32,
    "AccountSid": "AC" + "0" * 32,
    "To": "+6591234567",
    "From": "+6531234567",
    "Direction": "outbound-api",
    "CallStatus": "in-progress",
}
TEXT = {"MessageSid": "SM" + "3" * 32, "From": "+6591234567", "To": "+6531234567"}


def form(base: Mapping[str, str] = CALL, **changes: str | None) -> MultiDict[object]:
    return MultiDict({name: value for name, value in {**base, **changes}.items() if value is not None})


def test_a_progress_callback_is_read_whole() -> None:
    callback = form(
        CallStatus="completed", SequenceNumber="3", CallDuration="41", Duration="1", SipResponseCode="200", New="x"
    )
    report = call_report(callback)
    assert (report.call_sid, report.event) == (CALL["CallSid"], AttemptEvent.END)
    assert (report.disposition, report.sequence) == (Disposition.ANSWERED, 3)
    assert (report.source, report.answered_by) == ("callback", None)
    assert (report.to, report.from_) == (CALL["To"], CALL["From"])
    assert dict(parse_qsl(report.raw)) == dict(callback)
    assert "6591234567" not in repr(report)


def test_news_of_a_room_say_who_where_and_in_which_order() -> None:
    told = room_event(form(ConferenceSid="CF" + "1" * 32, StatusCallbackEvent="participant-leave", SequenceNumber="7"))
    assert (told.room_sid, told.event, told.sequence) == ("CF" + "1" * 32, "participant-leave", 7)
    assert told.call_sid == CALL["CallSid"]
    begun = room_event(form(ConferenceSid="CF" + "1" * 32, StatusCallbackEvent="conference-start", CallSid=None))
    assert (begun.call_sid, begun.sequence) == (None, 0)


@pytest.mark.parametrize("junk", ["", "x", "1.5", "\uff19", "9" * 40, "--1"])
def test_numbers_that_cannot_be_read_are_absent(junk: str) -> None:
    report = call_report(form(SequenceNumber=junk, CallDuration=junk, SipResponseCode=junk))
    assert report.sequence is None


def test_whole_numbers_and_shares_are_read_from_a_form() -> None:
    assert [whole(value) for value in (7, " 7 ", "007", None)] == [7, 7, 7, None]
    assert [share(value) for value in ("0.93", "1", "0.", "1.1", "-1", "nan", "")] == [
        0.93,
        1.0,
        0.0,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("sid", [None, "", "short", "../" * 9, "CA" + "1" * 63, "CA 11111111", "CA1111111\n1"])
def test_without_a_call_sid_there_is_no_report(sid: str | None) -> None:
    with pytest.raises(BadFormError) as caught:
        call_report(form(CallSid=sid))
    assert caught.value.field == "CallSid"


def test_an_uploaded_file_is_no_text() -> None:
    uploaded: MultiDict[Any] = form()
    uploaded["CallSid"] = object()
    with pytest.raises(BadFormError):
        call_report(uploaded)


def test_a_form_without_its_numbers_or_direction_is_refused() -> None:
    identity = call_identity(form())
    assert (identity.call_sid, identity.outbound) == (CALL["CallSid"], True)
    assert (identity.to, identity.from_) == (CALL["To"], CALL["From"])
    assert not call_identity(form(Direction="inbound")).outbound
    for name in ("CallSid", "To", "From", "Direction"):
        with pytest.raises(BadFormError) as caught:
            call_identity(form({**CALL, name: ""}))
        assert caught.value.field == name
        assert "+65" not in str(caught.value)


TAPE = "RE" + "a1" * 16
ACTS: list[tuple[dict[str, str], Input]] = [
    ({"Digits": "1"}, Keys(digits="1")),
    ({"Digits": "*"}, Keys(digits="*")),
    ({"Digits": "1; drop"}, Keys(digits="1D")),
    ({"Digits": "5" * 99}, Keys(digits="5" * 64)),
    ({"Digits": "2", "SpeechResult": "是"}, Keys(digits="2")),
    ({"SpeechResult": "不是我", "Confidence": "0.91"}, Speech(text="不是我", confidence=0.91)),
    ({"SpeechResult": "不是我", "Confidence": "0.0"}, Speech(text="不是我")),
    ({"SpeechResult": "yes", "Confidence": "high"}, Speech(text="yes")),
    ({"SpeechResult": "a" * 9999}, Speech(text="a" * 2000)),
    ({"Digits": "", "SpeechResult": " "}, Silence()),
    ({"Digits": "x"}, Silence()),
    ({}, Silence()),
    ({"CallStatus": "completed"}, HungUp()),
    ({"RecordingSid": TAPE, "RecordingDuration": "12", "Digits": "#"}, Recorded(TAPE, seconds=12)),
    ({"RecordingUrl": f"https://api.example/Recordings/{TAPE}?x=1", "RecordingDuration": "-3"}, Recorded(TAPE)),
    ({"RecordingUrl": "https://evil.example/RE../x", "RecordingDuration": "9"}, Recorded(None, seconds=9)),
    ({"RecordingSid": "RE" + "Z" * 32}, Recorded(None)),
    ({"CallStatus": "completed", "Digits": "2"}, Keys(digits="2")),
]


@pytest.mark.parametrize(("changes", "act"), ACTS)
def test_a_form_becomes_the_callees_input(changes: dict[str, str], act: Input) -> None:
    assert turn_input(form({**CALL, **changes}), turn=3) == act


def test_the_form_of_turn_0_becomes_the_pick_up() -> None:
    assert turn_input(form(Digits="1"), turn=0) == Answered()
    assert turn_input(form(AnsweredBy="machine_start"), turn=0) == Answered(by=AnsweredBy.MACHINE)


def test_a_detection_form_becomes_a_verdict() -> None:
    assert detection(form(AnsweredBy="machine_end_beep")) == Detected(by=AnsweredBy.MACHINE)
    assert detection(form(AnsweredBy="who knows")) == Detected(by=AnsweredBy.UNKNOWN)
    with pytest.raises(BadFormError):
        detection(form())


PROGRESS = [
    ("queued", MessageProgress.ACCEPTED),
    ("sending", MessageProgress.ACCEPTED),
    ("sent", MessageProgress.SENT),
    ("delivered", MessageProgress.DELIVERED),
    ("read", MessageProgress.DELIVERED),
    ("undelivered", MessageProgress.FAILED),
    ("failed", MessageProgress.FAILED),
    ("canceled", MessageProgress.FAILED),
    ("partially_delivered", MessageProgress.ACCEPTED),
]


@pytest.mark.parametrize(("status", "progress"), PROGRESS)
def test_a_message_status_becomes_this_progress(status: str, progress: MessageProgress) -> None:
    report = message_report(form(TEXT, MessageStatus=status, ErrorCode="0"))
    assert (report.progress, report.code, report.reason) == (progress, None, None)


def test_a_message_to_a_number_that_opted_out_has_this_code_and_reason() -> None:
    report = message_report(form(TEXT, MessageStatus="failed", ErrorCode="21610"))
    assert (report.code, report.reason) == (21610, "opted_out")


REPLIES = [
    ({"Body": " stop "}, True),
    ({"Body": "退订"}, True),
    ({"Body": "TD"}, True),
    ({"Body": "please stop him"}, False),
    ({"Body": ""}, False),
    ({"Body": "whatever", "OptOutType": "STOP"}, True),
    ({"Body": "CANCEL", "OptOutType": "HELP"}, False),
]


@pytest.mark.parametrize(("changes", "stops"), REPLIES)
def test_a_reply_says_whether_it_ends_messages(changes: dict[str, str], stops: bool) -> None:
    message = message_in(form({**TEXT, **changes}))
    assert (message.body, message.stops) == (changes["Body"].strip(), stops)
    assert "+65" not in repr(message)


@pytest.mark.parametrize(
    ("verdict", "starts", "helped"),
    [("START", True, False), ("start", True, False), ("HELP", False, True), ("STOP", False, False), ("", False, False)],
)
def test_the_phone_companys_verdict_on_a_reply_is_passed_on(verdict: str, starts: bool, helped: bool) -> None:
    message = message_in(form({**TEXT, "Body": "START", "OptOutType": verdict}))
    assert (message.starts, message.helped) == (starts, helped)


@pytest.mark.parametrize(
    ("from_", "hidden"),
    [
        ("+6598880001", False), ("anonymous", True), ("+266696687", True), ("+7378742833", True), ("", True),
        ("Restricted", True), ("sip:someone@example.org", True), ("+86282452253", True),
    ],
)  # fmt: skip
def test_callers_who_show_no_number_count_as_one(from_: str, hidden: bool) -> None:
    caller = caller_in(form(Direction="inbound", From=from_))
    assert caller is not None
    assert (caller.hidden, caller.from_) == (hidden, "hidden" if hidden else from_)
    assert caller_in(form(From=from_)) is None
