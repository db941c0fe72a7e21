"""The life of a call at the phone company: every ending, its callbacks, its limits and its queue."""

from __future__ import annotations

import asyncio
import io
import wave

import pytest

from wakeup.simulator.virtual_loop import run

from .world import OURS, world

HER = "+6591234501"
ASK = '<Gather numDigits="1" timeout="5" action="/two" actionOnEmptyResult="true"><Say>您要转账吗</Say></Gather>'


async def test_an_answered_call_goes_through_all_its_states_in_order() -> None:
    async with world() as w:
        w.application.serves("/voice", "<Say>您好</Say><Hangup/>")
        phone = w.company.handset(HER)
        made = await w.call(HER)
        assert (made["status"], made["start_time"], made["direction"]) == ("queued", None, "outbound-api")
        call = await phone.expect_call()
        assert not w.application.sent("/voice"), "TwiML is fetched on answer only"
        await call.answers()
        await call.ended()
        await asyncio.sleep(1)
        assert w.statuses() == ["initiated", "ringing", "in-progress", "completed"]
        events = w.application.sent("/status")
        assert [one["SequenceNumber"] for one in events] == ["0", "1", "2", "3"]
        assert {one["CallbackSource"] for one in events} == {"call-progress-events"}
        assert "CallDuration" in events[-1]
        assert "CallDuration" not in events[0]
        fetched = await w.get(f"Calls/{made['sid']}.json")
        assert (fetched["status"], fetched["duration"]) == ("completed", events[-1]["CallDuration"])
        w.company.assert_nothing_unexpected()


def test_every_other_ending_is_told_with_its_own_status() -> None:
    async def story() -> dict[str, tuple[str, str]]:
        endings = {}
        async with world() as w:
            for number, act in enumerate(("rejects", "is_busy", "ignores", "busy_at_once", "failed_at_once")):
                to = f"+659123450{number}"
                phone = w.company.handset(to)
                if act.endswith("at_once"):
                    phone.carrier = act.split("_")[0]
                await w.call(to, Timeout="20")
                if not act.endswith("at_once"):
                    await getattr(await phone.expect_call(), act)()
                await asyncio.sleep(3)
                last = w.application.sent("/status")[-1]
                endings[act] = (last["CallStatus"], last["SipResponseCode"])
        return endings

    assert run(story()) == {
        "rejects": ("no-answer", "603"),
        "is_busy": ("busy", "486"),
        "ignores": ("no-answer", "487"),
        "busy_at_once": ("busy", "486"),
        "failed_at_once": ("failed", "404"),
    }


async def test_the_ring_time_and_the_time_limit_are_kept() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Pause length="3000"/>')
        phone = w.company.handset(HER)
        await w.call(HER, Timeout="25")
        began = asyncio.get_running_loop().time()
        await (await phone.expect_call()).ignores()
        assert 25 <= asyncio.get_running_loop().time() - began <= 27
        await w.call(HER, TimeLimit="90")
        call = await phone.expect_call()
        await call.answers()
        assert await call.ended(within=100) == "completed"
        await asyncio.sleep(1)
        assert w.application.sent("/status")[-1]["CallDuration"] == "90"


async def test_a_queued_call_can_be_cancelled_and_never_rings() -> None:
    async with world(calls_per_second=0.1) as w:
        phone = w.company.handset(HER)
        await w.call("+6591234502", Timeout="1")
        waiting = await w.call(HER)
        status, body = await w.post(f"Calls/{waiting['sid']}.json", Status="canceled")
        assert (status, body["status"], body["start_time"]) == (200, "canceled", None)
        await phone.expect_no_call(during=600)
        status, body = await w.post(f"Calls/{waiting['sid']}.json", Status="canceled")
        assert (status, body["code"]) == (400, 21220)


async def test_a_call_that_waits_in_the_queue_for_a_day_is_cancelled_and_never_rings() -> None:
    """Later calls keep their place in the queue."""
    async with world(calls_per_second=1 / 50_000) as w:
        phone = w.company.handset(HER)
        waiting = [await w.call(HER) for _ in range(4)][1:]
        await (await phone.expect_call()).is_busy()
        await (await phone.expect_call(within=50_001)).is_busy()
        await asyncio.sleep(24 * 3600 - 50_060)
        assert [w.company.calls[one["sid"]].status for one in waiting] == ["busy", "queued", "queued"]
        await asyncio.sleep(120)
        assert [w.company.calls[one["sid"]].status for one in waiting] == ["busy", "canceled", "canceled"]
        assert w.statuses()[-2:] == ["canceled", "canceled"]
        await w.call(HER)
        await phone.expect_call(within=50_001)


async def test_a_ringing_call_can_be_cancelled_and_an_answered_one_only_completed() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Pause length="300"/>')
        phone = w.company.handset(HER)
        ringing = await w.call(HER)
        call = await phone.expect_call()
        await w.post(f"Calls/{ringing['sid']}.json", Status="canceled")
        assert await call.ended(within=1) == "canceled"
        talking = await w.call(HER)
        call = await phone.expect_call()
        await call.answers()
        status, body = await w.post(f"Calls/{talking['sid']}.json", Status="canceled")
        assert (status, body["code"]) == (400, 21220)
        status, _ = await w.post(f"Calls/{talking['sid']}.json", Status="completed")
        assert status == 200
        assert await call.ended(within=1) == "completed"


async def test_new_twiml_replaces_what_is_running_and_needs_absolute_urls() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Say>转账</Say><Pause length="300"/>')
        w.application.serves("/other", "<Say>别处</Say>")
        phone = w.company.handset(HER)
        made = await w.call(HER)
        where = f"Calls/{made['sid']}.json"
        call = await phone.expect_call()
        assert (await w.post(where, Twiml="<Response><Say>早了</Say></Response>"))[1]["code"] == 21220
        await call.answers()
        await call.hears("转账")
        bad = '<Response><Gather action="/two"/></Response>'
        assert (await w.post(where, Twiml=bad))[1]["code"] == 15004
        await w.post(where, Twiml="<Response><Say>留言</Say><Pause length='60'/></Response>")
        await call.hears("留言")
        await w.post(where, Url=f"{w.application.base}/other")
        await call.hears("别处")
        assert await call.ended() == "completed"


def test_calls_leave_the_queue_in_order_at_the_agreed_pace() -> None:
    async def story() -> tuple[list[str], list[float]]:
        async with world(calls_per_second=2.0) as w:
            numbers = [f"+65912345{n:02d}" for n in range(10)]
            for number in numbers:
                w.company.handset(number).carrier = "busy"
            await asyncio.gather(*(w.call(number) for number in numbers))
            await asyncio.sleep(60)
            rows = w.company.ledger.of("initiated")
            order = [w.company.calls[row["call"]].request.to for row in rows]
            begun = [w.company.calls[row["call"]].started for row in rows]
            first = begun[0]
            assert first is not None
            return order, [(one - first).total_seconds() for one in begun if one is not None]

    order, times = run(story())
    assert len(set(order)) == 10
    assert times == [round(n * 0.5, 6) for n in range(10)]


def test_a_created_call_says_how_long_it_will_wait_in_the_queue() -> None:
    async def story() -> list[str]:
        async with world(calls_per_second=0.1) as w:
            told = []
            for n in range(4):
                _, made = await w.post(To=f"+65912345{n:02d}", From=OURS, Url=f"{w.application.base}/voice")
                told.append(made["queue_time"])
            return told

    assert run(story()) == ["0", "10000", "20000", "30000"]


async def test_asynchronous_detection_tells_its_verdict_while_the_talk_goes_on() -> None:
    async with world() as w:
        w.application.serves("/voice", ASK)
        w.application.serves("/two", "<Say>再见</Say><Pause length='20'/>")
        phone = w.company.handset(HER)
        phone.answered_by = "machine_end_beep"
        made = await w.call(
            HER,
            MachineDetection="DetectMessageEnd",
            AsyncAmd="true",
            AsyncAmdStatusCallback=f"{w.application.base}/amd",
        )
        call = await phone.expect_call()
        await call.answers()
        await call.presses("1")
        await call.ended()
        await asyncio.sleep(1)
        (verdict,) = w.application.sent("/amd")
        assert (verdict["CallSid"], verdict["AnsweredBy"]) == (made["sid"], "machine_end_beep")
        assert int(verdict["MachineDetectionDuration"]) > 1000
        assert "AnsweredBy" not in w.application.sent("/voice")[0]
        assert w.application.sent("/status")[-1]["AnsweredBy"] == "machine_end_beep"
        assert (await w.get(f"Calls/{made['sid']}.json"))["answered_by"] == "machine_end_beep"


async def test_synchronous_detection_is_silent_and_then_fetches_with_the_verdict() -> None:
    async with world() as w:
        w.application.serves("/voice", "<Say>您好</Say>")
        phone = w.company.handset(HER)
        await w.call(HER, MachineDetection="Enable")
        call = await phone.expect_call()
        await call.answers()
        began = asyncio.get_running_loop().time()
        await call.hears("您好")
        assert asyncio.get_running_loop().time() - began > 3
        assert w.application.sent("/voice")[0]["AnsweredBy"] == "human"


async def test_faulty_requests_are_refused_with_the_codes_of_the_real_company() -> None:
    async with world(owned_numbers=frozenset({OURS}), max_concurrent=1) as w:
        good = {"To": HER, "From": OURS, "Url": f"{w.application.base}/voice"}
        wrong: list[tuple[dict[str, str], int]] = [
            ({"To": ""}, 21201), ({"To": "12345"}, 21211), ({"To": "+8613800138000"}, 21215),
            ({"To": "+6591234572"}, 21211), ({"To": "+6591234573"}, 21215), ({"To": OURS}, 21211),
            ({"From": "+6560000009"}, 21210), ({"From": "x"}, 21212), ({"Url": "/relative"}, 21205),
            ({"Url": ""}, 21205), ({"StatusCallback": "ftp://x"}, 21609), ({"StatusCallbackEvent": "rung"}, 21626),
            ({"Timeout": "601"}, 21208), ({"Method": "PUT"}, 21209), ({"MachineDetection": "Yes"}, 21234),
            ({"MachineDetectionTimeout": "2"}, 21234), ({"MachineDetectionTimeout": "60"}, 21234),
        ]  # fmt: skip
        for change, code in wrong:
            status, body = await w.post(**{**good, **change})
            assert (status, body["code"], body["status"]) == (400, code, 400), (change, body)
            assert str(code) in body["more_info"]
        assert (await w.post(**good))[0] == 201
        assert (await w.post(**{**good, "To": "+6591234503"}))[1]["code"] == 10004


async def test_wrong_credentials_and_a_suspended_account_are_turned_away() -> None:
    async with world() as w:
        where = f"{w.url}/2010-04-01/Accounts/{w.company.account_sid}/Calls.json"
        async with w.http.get(where, headers={"Authorization": "Basic eDp5"}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, 20003)
        w.company.suspend_account()
        status, body = await w.post(To=HER, From=OURS, Url=f"{w.application.base}/voice")
        assert (status, body["code"]) == (401, 20003)
        assert w.company.ledger.summary()["calls_placed"] == 0
        w.company.suspend_account(suspended=False)
        await w.call(HER)


def heard(audio: bytes) -> tuple[int, int, int, int]:
    """Channels, bytes per sample, samples per second, samples in each channel."""
    with wave.open(io.BytesIO(audio)) as sound:
        shape = sound.getparams()
        assert len(sound.readframes(shape.nframes)) == shape.nframes * shape.nchannels * shape.sampwidth
        return shape.nchannels, shape.sampwidth, shape.framerate, shape.nframes


@pytest.mark.parametrize(("kind", "channels"), [("mono", 1), ("dual", 2)])
async def test_a_recording_is_started_told_and_deleted(kind: str, channels: int) -> None:
    async with world() as w:
        w.application.serves("/voice", '<Pause length="30"/>')
        phone = w.company.handset(HER)
        made = await w.call(HER)
        call = await phone.expect_call()
        where = f"Calls/{made['sid']}/Recordings.json"
        hook = f"{w.application.base}/recorded"
        assert (await w.post(where, RecordingStatusCallback=hook))[1]["code"] == 21220
        await call.answers()
        assert (await w.post(where, RecordingChannels="three"))[1]["code"] == 20001
        status, recording = await w.post(where, RecordingStatusCallback=hook, RecordingChannels=kind)
        assert (status, recording["status"]) == (201, "in-progress")
        await call.ended()
        await asyncio.sleep(5)
        (told,) = w.application.sent("/recorded")
        assert (told["RecordingSid"], told["RecordingStatus"]) == (recording["sid"], "completed")
        assert (told["RecordingChannels"], recording["channels"]) == (str(channels), channels)
        seconds = int(told["RecordingDuration"])
        assert seconds >= 30
        sound = f"{w.url}{recording['uri'].removesuffix('.json')}.wav"
        for wish, got in (("", channels), ("?RequestedChannels=1", 1)):
            async with w.http.get(sound + wish) as answer:
                assert (answer.status, heard(await answer.read())) == (200, (got, 2, 8000, seconds * 8000))
        async with w.http.delete(f"{w.url}{recording['uri']}") as answer:
            assert answer.status == 204
        assert (await w.get(where))["recordings"] == []
