"""The official library works with the simulated phone company, and accepts its signatures."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from .world import ACCOUNT, OURS, TOKEN, World, world

HER = "+6591234501"


@asynccontextmanager
async def library(w: World) -> AsyncIterator[Client]:
    async with AsyncTwilioHttpClient() as http:
        client = Client(ACCOUNT, TOKEN, http_client=http, environment={"_": ""})
        client.api.base_url = w.url
        with warnings.catch_warnings():
            # The library still passes aiohttp's old BasicAuth.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield client


async def test_calls_are_created_fetched_listed_and_updated_with_the_official_library() -> None:
    async with world() as w, library(w) as client:
        w.application.serves("/voice", '<Pause length="100"/>')
        phone = w.company.handset(HER)
        made = await client.calls.create_async(
            to=HER,
            from_=OURS,
            url=f"{w.application.base}/voice",
            status_callback=f"{w.application.base}/status",
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            machine_detection="DetectMessageEnd",
            async_amd="true",
            async_amd_status_callback=f"{w.application.base}/amd",
            timeout=30,
            time_limit=300,
        )
        assert made.sid is not None
        assert (made.status, made.start_time, made.queue_time) == ("queued", None, "0")
        call = await phone.expect_call()
        await call.answers()
        fetched = await client.calls(made.sid).fetch_async()
        assert (fetched.status, fetched.direction, fetched.to) == ("in-progress", "outbound-api", HER)
        assert fetched.date_created == fetched.start_time
        updated = await client.calls(made.sid).update_async(status="completed")
        assert updated.sid == made.sid
        await call.ended(within=1)
        listed = await client.calls.list_async(to=HER, from_=OURS, start_time_after=w.company.clock.now())
        assert [(one.sid, one.status) for one in listed] == [(made.sid, "completed")]
        assert w.statuses() == ["initiated", "ringing", "in-progress", "completed"]


async def test_the_library_follows_the_pages_of_a_list() -> None:
    async with world() as w, library(w) as client:
        w.company.handset(HER).carrier = "busy"
        made = [(await w.call(HER))["sid"] for _ in range(7)]
        listed = [one.sid for one in await client.calls.list_async(page_size=3)]
        assert listed == made[::-1]


async def test_the_library_reads_refusals() -> None:
    async with world() as w, library(w) as client:
        with pytest.raises(TwilioRestException) as caught:
            await client.calls.create_async(to="12", from_=OURS, url="https://x.example/voice")
        assert (caught.value.status, caught.value.code) == (400, 21211)
        w.company.faults.next_create("429")
        with pytest.raises(TwilioRestException) as caught:
            await client.calls.create_async(to=HER, from_=OURS, url="https://x.example/voice")
        assert (caught.value.status, caught.value.code) == (429, 20429)


async def test_messages_and_recordings_with_the_official_library() -> None:
    async with world() as w, library(w) as client:
        w.application.serves("/voice", '<Pause length="10"/>')
        made = await client.messages.create_async(to=HER, from_=OURS, body="您好")
        assert (made.status, made.direction, made.num_segments) == ("queued", "outbound-api", "1")
        await asyncio.sleep(5)
        assert made.sid is not None
        assert (await client.messages(made.sid).fetch_async()).status == "delivered"
        phone = w.company.handset(HER)
        sid = (await w.call(HER))["sid"]
        await (await phone.expect_call()).answers()
        recording = await client.calls(sid).recordings.create_async()
        assert recording.call_sid == sid
        assert await client.recordings(recording.sid or "").delete_async()


async def test_every_webhook_carries_a_signature_the_library_accepts() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Gather numDigits="1" action="/two?a=b%20c&amp;d=转"><Say>好</Say></Gather>')
        w.application.serves("/two", "<Redirect method='GET'>/three?x=1</Redirect>")
        w.application.serves("/three", "<Say>再见</Say>")
        phone = w.company.handset(HER)
        await w.call(HER, Url=f"{w.application.base}/voice#rc=2&rp=ct,5xx&rt=5000")
        call = await phone.expect_call()
        await call.answers()
        await call.presses("1")
        await call.ended()
        await phone.texts_back("STOP 停", OURS, f"{w.application.base}/sms")
        validator = RequestValidator(TOKEN)
        assert len(w.application.requests) == 8
        for path, form, headers in w.application.requests:
            params = {} if path == "/three" else form
            assert validator.validate(headers["url"], params, headers["X-Twilio-Signature"]), path
            assert not RequestValidator("other").validate(headers["url"], params, headers["X-Twilio-Signature"])
