"""Queries about calls and changes to them, by which the state `unknown` is resolved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from tests.telephony.twilio_stub import (
    CALLS,
    FROM,
    NOW,
    SID,
    TO,
    Answer,
    TwilioStub,
    call,
    drops,
    fault,
    in_turn,
    page,
    patience,
    phone,
    says,
    stalls,
)
from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import AnsweredBy
from wakeup.telephony.client import MAX_CALLS, TwilioPhone
from wakeup.telephony.provider import TWILIO
from wakeup.usecases.ports import RemoteCall

T = TypeVar("T")
OTHER = "CA" + "2" * 32
ONE_CALL = CALLS.replace(".json", f"/{SID}.json")


def asked(answer: Answer, question: Callable[[TwilioPhone], Awaitable[T]]) -> tuple[T, TwilioStub]:
    async def story() -> tuple[T, TwilioStub]:
        async with TwilioStub(answer) as stub, phone(stub.url, **patience(answer)) as company:
            return await question(company), stub

    return asyncio.run(story())


def refused(answer: Answer, question: Callable[[TwilioPhone], Awaitable[Any]]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        asked(answer, question)
    return caught.value


async def find(company: TwilioPhone) -> list[RemoteCall]:
    return list(await company.find(TO, FROM, since=NOW, now=NOW))


def sids(calls: list[RemoteCall]) -> list[str]:
    return [found.report.call_sid for found in calls]


def test_find_asks_for_the_queued_calls_and_then_for_today_and_yesterday() -> None:
    _, stub = asked(page(), find)
    queued, started = (dict(request.query) for request in stub.received)
    assert queued == {"To": TO, "From": FROM, "Status": "queued", "PageSize": "1000"}
    assert started == {"To": TO, "From": FROM, "StartTime>": "2026-11-21", "PageSize": "1000"}


def test_find_goes_back_to_the_day_of_an_intent_that_is_older() -> None:
    async def late(company: TwilioPhone) -> object:
        return await company.find(TO, FROM, since=NOW - timedelta(days=3), now=NOW)

    assert asked(page(), late)[1].received[1].query["StartTime>"] == "2026-11-19"


def test_a_call_that_leaves_the_queue_between_the_two_questions_is_found_once() -> None:
    found, _ = asked(in_turn(page(call(status="queued")), page(call(status="ringing"))), find)
    assert sids(found) == [SID]
    assert (found[0].queued, found[0].report.event) == (False, AttemptEvent.RING)
    found, _ = asked(in_turn(page(), page(call(status="ringing"))), find)
    assert sids(found) == [SID]


def test_a_call_still_queued_is_found_as_such() -> None:
    found, _ = asked(in_turn(page(call(status="queued")), page()), find)
    assert (found[0].queued, found[0].created_at, found[0].report.source) == (True, NOW, "list")


def test_find_leaves_out_other_directions_older_calls_and_other_pairs() -> None:
    listed = page(
        call(SID, created=NOW - timedelta(seconds=5)),
        call("CA-too-old", created=NOW - timedelta(seconds=6)),
        call("CA-inbound", direction="inbound"),
        call("CA-agent-leg", direction="outbound-dial"),
        call("CA-to-another", to="+6500000000"),
        {**call("CA-from-another"), "from": "+6500000000"},
    )
    assert sids(asked(in_turn(page(), listed), find)[0]) == [SID]


def test_find_follows_pages_and_shows_the_oldest_first() -> None:
    first = page(call(OTHER, created=NOW + timedelta(seconds=3)), following=f"{CALLS}?Page=1&PageToken=x")
    found, stub = asked(in_turn(page(), first, page(call(SID))), find)
    assert sids(found) == [SID, OTHER]
    assert stub.received[2].query["PageToken"] == "x"


def test_a_page_on_another_host_is_not_visited_with_our_secrets() -> None:
    async def story() -> tuple[int, RemoteError]:
        async with TwilioStub(page()) as stranger:
            lure = {"meta": {"key": "calls", "next_page_url": stranger.url + "/x"}, "calls": []}
            async with TwilioStub(says(200, lure)) as stub, phone(stub.url) as company:
                with pytest.raises(RemoteError) as caught:
                    await find(company)
                return len(stranger.received), caught.value

    visits, error = asyncio.run(story())
    assert visits == 0
    assert "StrayUrlError" in str(error)


HALF_LISTS: dict[str, Answer] = {
    "an error on the second question": in_turn(page(), fault(500, 20500)),
    "a call without a date": page(call(created=None)),
    "a call without a SID": page(call(None)),  # type: ignore[arg-type]  # what must not happen
    "not a list": says(200, {"calls": 3}),
    "garbage": says(200, "<html>"),
    "a dropped connection": drops,
    "a stall": stalls,
}


@pytest.mark.parametrize("answer", HALF_LISTS.values(), ids=HALF_LISTS.keys())
def test_an_incomplete_list_is_never_an_empty_one(answer: Answer) -> None:
    assert refused(answer, find).temporary


def test_a_list_cut_off_by_its_length_is_no_answer() -> None:
    assert not refused(page(*[call()] * (MAX_CALLS + 1)), find).temporary


def test_errors_hold_no_number_and_lead_to_no_error_that_does() -> None:
    for answer in (fault(500, 20500), says(200, "<html>"), stalls, says(200, {"calls": [{"sid": TO}]})):
        error = refused(answer, find)
        assert error.__context__ is None
        assert error.__cause__ is None
        assert TO[1:] not in f"{error!r} {error}"


async def fetch(company: TwilioPhone) -> RemoteCall | None:
    return await company.fetch(SID)


def test_fetch_shows_a_call_in_our_words() -> None:
    shown = call(status="completed", duration="41", answered_by="machine_end_beep")
    found, stub = asked(says(200, shown), fetch)
    assert stub.received[0].raw_path == ONE_CALL
    assert found is not None
    report = found.report
    assert (report.event, report.disposition) == (AttemptEvent.END, Disposition.ANSWERED)
    assert (report.answered_by, report.source, report.to, report.from_) == (AnsweredBy.MACHINE, "fetch", TO, FROM)
    assert (found.outbound, found.queued, found.created_at) == (True, False, NOW)


def test_fetch_of_an_unknown_call_is_none() -> None:
    assert asked(fault(404, 20404), fetch)[0] is None


@pytest.mark.parametrize(("status", "temporary"), [(500, True), (429, True), (401, False), (302, False)])
def test_fetch_says_whether_to_ask_again(status: int, temporary: bool) -> None:
    error = refused(fault(status, 20000 + status), fetch)
    assert error.temporary is temporary
    assert str(status) in str(error)


async def hang_up(company: TwilioPhone) -> None:
    await company.hang_up(SID)


def test_hang_up_completes_the_call() -> None:
    _, stub = asked(says(200, call(status="completed")), hang_up)
    assert [(post.raw_path, dict(post.form)) for post in stub.posts] == [(ONE_CALL, {"Status": "completed"})]


def test_hanging_up_a_call_that_is_over_or_gone_is_no_error() -> None:
    _, stub = asked(in_turn(fault(400, 21220), says(200, call(status="busy"))), hang_up)
    assert len(stub.posts) == 1
    asked(fault(404, 20404), hang_up)
    asked(in_turn(fault(400, 21220), fault(404, 20404)), hang_up)


def test_a_queued_call_that_cannot_be_completed_is_cancelled() -> None:
    queued = says(200, call(status="queued"))
    _, stub = asked(in_turn(fault(400, 21220), queued, says(200, call(status="canceled"))), hang_up)
    assert [post.form["Status"] for post in stub.posts] == ["completed", "canceled"]
    assert refused(in_turn(fault(400, 21220), queued, fault(400, 21220)), hang_up).temporary


def test_a_failed_hang_up_is_told() -> None:
    assert refused(fault(503, 20503), hang_up).temporary
    assert not refused(fault(401, 20003), hang_up).temporary


RECORDING = "RE" + "3" * 32
RECORDINGS = CALLS.replace(".json", f"/{SID}/Recordings.json")


@pytest.mark.parametrize(("sid", "told"), [(RECORDING, RECORDING), (None, None), ("../x", None)])
def test_the_answer_to_a_recording_names_it(sid: str | None, told: str | None) -> None:
    found, stub = asked(says(201, {"sid": sid}), lambda company: company.record(SID, AttemptId("att_1")))
    assert (found, stub.posts[0].raw_path) == (told, RECORDINGS)


def test_the_recordings_of_a_call_are_listed() -> None:
    made = [{"sid": RECORDING, "duration": "31"}, {"sid": "RE" + "4" * 32, "duration": "-1"}, {"sid": "../x"}]
    answer = says(200, {"recordings": made, "page": 0, "next_page_uri": None})
    found, stub = asked(answer, lambda company: company.recordings(SID))
    assert [(one.sid, one.seconds) for one in found] == [(RECORDING, 31), ("RE" + "4" * 32, None)]
    assert stub.received[0].raw_path.split("?")[0] == RECORDINGS


def test_a_call_that_is_not_known_has_no_recordings() -> None:
    assert asked(fault(404, 20404), lambda company: company.recordings(SID))[0] == []


async def speak(company: TwilioPhone) -> None:
    await company.speak_to_machine(SID, "<Response/>")


def test_the_document_of_a_live_call_is_replaced() -> None:
    _, stub = asked(says(200, call()), speak)
    assert [(post.raw_path, dict(post.form)) for post in stub.posts] == [(ONE_CALL, {"Twiml": "<Response/>"})]


@pytest.mark.parametrize("answer", [fault(400, 21220), fault(404, 20404)])
def test_speaking_to_a_call_that_is_over_is_no_error(answer: Answer) -> None:
    assert len(asked(answer, speak)[1].received) == 1


def test_more_words_than_an_update_holds_are_not_sent() -> None:
    async def ramble(company: TwilioPhone) -> None:
        await company.speak_to_machine(SID, "x" * (TWILIO.inline_twiml + 1))

    assert not refused(says(200, call()), ramble).temporary
