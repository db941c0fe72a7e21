"""Recordings are fetched only from the configured address, completely, and by an id that is harmless in a path."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from tests.telephony.twilio_stub import ACCOUNT, TOKEN, TwilioStub
from wakeup.domain.errors import RemoteError
from wakeup.domain.policy import Calling
from wakeup.telephony import recordings
from wakeup.telephony.credentials import TwilioAccess
from wakeup.telephony.recordings import TwilioRecordings

SID = "RE" + "a" * 32
AUDIO = b"RIFF" + bytes(100_000)


def fetched(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], sid: str = SID
) -> tuple[bytes | None, TwilioStub]:
    async def run() -> tuple[bytes | None, TwilioStub]:
        async with TwilioStub(answer) as stub:
            source = TwilioRecordings(TwilioAccess(account_sid=ACCOUNT, auth_tokens=(TOKEN,), base_url=stub.url))
            try:
                return await source.fetch(sid), stub
            finally:
                await source.close()

    return asyncio.run(run())


async def audio(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=AUDIO, content_type="audio/x-wav")


def test_a_recording_is_fetched_with_our_own_credentials() -> None:
    got, stub = fetched(audio)
    assert got == AUDIO
    [asked] = stub.received
    assert asked.raw_path == f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}.wav?RequestedChannels=1"
    assert base64.b64decode(asked.authorization.removeprefix("Basic ")).decode() == f"{ACCOUNT}:{TOKEN}"


def test_the_longest_call_we_allow_is_heard_although_it_was_recorded_in_two_channels() -> None:
    minutes = int(Calling().line_limit.total_seconds()) // 60

    async def long(request: web.Request) -> web.StreamResponse:
        """As at the phone company: unless requested otherwise, there are as many channels as were recorded."""
        minute = bytes(60 * 8000 * 2 * int(request.query.get("RequestedChannels", "2")))
        answer = web.StreamResponse(headers={"Content-Type": "audio/x-wav"})
        await answer.prepare(request)
        for _ in range(minutes):
            await answer.write(minute)
        return answer

    got, _ = fetched(long)
    assert got is not None and len(got) == minutes * 60 * 16_000


@pytest.mark.parametrize("sid", ["", "RE", SID.upper(), f"{SID}/../../Calls", "CA" + "a" * 32, f"{SID}\n"])
def test_a_text_that_is_no_id_of_a_recording_is_never_asked_for(sid: str) -> None:
    got, stub = fetched(audio, sid)
    assert got is None and not stub.received


def test_a_recording_that_is_gone_is_none() -> None:
    async def gone(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    assert fetched(gone)[0] is None


@pytest.mark.parametrize("status", [302, 401, 500])
def test_any_other_answer_to_a_fetch_is_an_error_and_no_redirect_is_followed(status: int) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    with pytest.raises(RemoteError):
        fetched(answer)


def deleted(status: int, sid: str = SID) -> TwilioStub:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    async def run() -> TwilioStub:
        async with TwilioStub(answer) as stub:
            source = TwilioRecordings(TwilioAccess(account_sid=ACCOUNT, auth_tokens=(TOKEN,), base_url=stub.url))
            try:
                await source.delete(sid)
            finally:
                await source.close()
            return stub

    return asyncio.run(run())


@pytest.mark.parametrize("status", [204, 404])
def test_a_recording_is_deleted_or_was_gone(status: int) -> None:
    [asked] = deleted(status).received
    assert (asked.method, asked.raw_path) == ("DELETE", f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}.json")
    assert not deleted(status, f"{SID}/../../Calls").received


@pytest.mark.parametrize("status", [200, 302, 401, 500])
def test_any_other_answer_is_no_proof_that_a_recording_is_gone(status: int) -> None:
    with pytest.raises(RemoteError, match=str(status)):
        deleted(status)


def test_a_recording_longer_than_can_be_played_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MAX_BYTES", 50_000)
    with pytest.raises(RemoteError, match="longer than the 69 minutes that can be played"):
        fetched(audio)
