"""One POST, whatever happens to it, and what each outcome proves."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.telephony.twilio_stub import (
    ACCOUNT,
    CALLS,
    FROM,
    ORDER,
    SID,
    TO,
    TOKEN,
    URLS,
    Answer,
    TwilioStub,
    access,
    call,
    dribbles,
    drops,
    drops_within_the_body,
    fault,
    patience,
    phone,
    resets,
    says,
    stalls,
)
from wakeup.telephony.client import TwilioPhone
from wakeup.usecases.ports import Placement, PostResult, RefusalCause


def placed(answer: Answer, **changes: Any) -> tuple[Placement, TwilioStub]:
    async def story() -> tuple[Placement, TwilioStub]:
        async with TwilioStub(answer) as stub, phone(stub.url, **patience(answer), **changes) as company:
            return await company.place(ORDER), stub

    return asyncio.run(story())


def test_a_created_call_is_accepted_with_its_sid() -> None:
    placement, stub = placed(says(201, call(status="queued")))
    assert placement == Placement(proof=PostResult.ACCEPTED, call_sid=SID)
    assert len(stub.received) == 1


@pytest.mark.parametrize(
    ("queue_time", "queued_s"), [("0", 0.0), ("86400000", 86_400.0), (7500, 7.5), (None, None), ("soon", None)]
)
def test_an_accepted_call_says_how_long_it_will_wait(queue_time: object, queued_s: float | None) -> None:
    placement, _ = placed(says(201, call(status="queued", queue_time=queue_time)))
    assert (placement.proof, placement.queued_s) == (PostResult.ACCEPTED, queued_s)


def test_a_compatible_providers_sid_is_accepted() -> None:
    sid = "0f0c3c1e-8f3e-4a55-9b59-0b4b3b1d6f00"
    assert placed(says(201, call(sid)))[0].call_sid == sid


REFUSALS = [
    (400, 21211, RefusalCause.NUMBER),
    (400, 21214, RefusalCause.NUMBER),
    (400, 21215, RefusalCause.NUMBER),
    (400, 21216, RefusalCause.NUMBER),
    (400, 21210, RefusalCause.SENDER),
    (400, 21205, RefusalCause.CONFIGURATION),
    (422, "20422", RefusalCause.CONFIGURATION),
    (404, 20404, RefusalCause.CONFIGURATION),
    (401, 20003, RefusalCause.ACCOUNT),
    (403, 20005, RefusalCause.ACCOUNT),
    (400, 10004, RefusalCause.CAPACITY),
    (400, 21999, None),
]


@pytest.mark.parametrize(("status", "code", "blame"), REFUSALS)
def test_a_coded_4xx_is_a_definite_refusal(status: int, code: int | str, blame: RefusalCause | None) -> None:
    placement, stub = placed(fault(status, code))
    assert (placement.proof, placement.code, placement.fault) == (PostResult.REFUSED, int(code), blame)
    assert len(stub.posts) == 1


def test_a_problem_in_the_newer_form_is_read_too() -> None:
    problem = {"type": "https://…", "title": "bad number", "status": 400, "code": 21211}
    assert placed(says(400, problem))[0].code == 21211


def test_401_without_a_code_is_the_account() -> None:
    placement, _ = placed(says(401, "<h1>Unauthorized</h1>"))
    assert (placement.proof, placement.fault) == (PostResult.REFUSED, RefusalCause.ACCOUNT)


WAITS = [
    ({}, None),
    ({"Retry_After": "7"}, 7.0),
    ({"Retry_After": "soon"}, None),
    ({"Retry_After": "Sun, 22 Nov 2026 09:30:30 GMT", "Date": "Sun, 22 Nov 2026 09:30:00 GMT"}, 30.0),
    ({"Retry_After": "Sun, 22 Nov 2026 09:29:00 GMT", "Date": "Sun, 22 Nov 2026 09:30:00 GMT"}, 0.0),
]


@pytest.mark.parametrize(("headers", "wait"), WAITS)
def test_429_was_not_processed_and_says_how_long_to_wait(headers: dict[str, str], wait: float | None) -> None:
    placement, stub = placed(fault(429, 20429, **headers))
    assert (placement.proof, placement.code, placement.retry_after_s) == (PostResult.NOT_SENT, 20429, wait)
    assert len(stub.posts) == 1


@pytest.mark.parametrize("body", ["", "<html>", [20429], {"code": "many"}])
def test_429_needs_no_readable_body(body: Any) -> None:
    placement, _ = placed(says(429, body, Retry_After="2"))
    assert (placement.proof, placement.code, placement.retry_after_s) == (PostResult.NOT_SENT, None, 2.0)


UNKNOWNS: dict[str, Answer] = {
    "500 with a code": fault(500, 20500),
    "503 with Retry-After": fault(503, 20503, Retry_After="1"),
    "502 of a gateway": says(502, "<html>Bad Gateway</html>"),
    "201 without a body": says(201),
    "201 with garbage": says(201, "<html>"),
    "201 with another thing": says(201, {"sid": None}),
    "201 with a list": says(201, [1]),
    "201 with a SID that is a path": says(201, call("../../Accounts")),
    "204": says(204),
    "301": says(301, Location="/elsewhere"),
    "307": says(307, Location="/elsewhere"),
    "408": fault(408, 20408),
    "409": fault(409, 20409),
    "404 of a gateway": says(404, "<html>nginx</html>"),
    "400 with a code that is no number": fault(400, "x"),
    "drop after the request": drops,
    "reset after the request": resets,
    "drop within the body": drops_within_the_body,
    "read stall": stalls,
    "endless body": dribbles,
}


@pytest.mark.parametrize("answer", UNKNOWNS.values(), ids=UNKNOWNS.keys())
def test_everything_else_is_unknown_after_exactly_one_post(answer: Answer) -> None:
    placement, stub = placed(answer)
    assert placement.proof is PostResult.UNKNOWN
    assert placement.call_sid is None
    assert placement.reason
    assert [request.raw_path for request in stub.received] == [CALLS]


def test_a_refused_connection_was_not_sent() -> None:
    async def story() -> Placement:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        async with phone(f"http://127.0.0.1:{port}") as company:
            return await company.place(ORDER)

    assert asyncio.run(story()).proof is PostResult.NOT_SENT


def test_a_server_that_does_not_take_the_connection_was_sent_nothing() -> None:
    async def story() -> Placement:
        with socket.socket() as server, socket.socket() as first, socket.socket() as second:
            server.bind(("127.0.0.1", 0))
            server.listen(0)
            for waiting in (first, second):
                waiting.settimeout(0)
                waiting.connect_ex(server.getsockname())
            async with phone(f"http://127.0.0.1:{server.getsockname()[1]}", connect_timeout_s=0.2) as company:
                return await company.place(ORDER)

    placement = asyncio.run(story())
    assert (placement.proof, placement.reason) == (PostResult.NOT_SENT, "ConnectionTimeoutError")


class StuckResolver(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del host, port, family
        await asyncio.Event().wait()
        return []

    async def close(self) -> None:
        return


def test_a_name_server_that_does_not_answer_is_bounded_and_nothing_was_sent() -> None:
    async def story() -> Placement:
        connector = aiohttp.TCPConnector(resolver=StuckResolver())
        impatient = access("https://api.twilio.example", connect_timeout_s=0.2)
        async with TwilioPhone(impatient, URLS, connector=connector) as company:
            return await company.place(ORDER)

    assert asyncio.run(story()).proof is PostResult.NOT_SENT


def test_a_failed_tls_handshake_was_not_sent() -> None:
    async def story() -> tuple[Placement, int]:
        async with TwilioStub(says(201, call())) as stub, phone(stub.url.replace("http:", "https:")) as company:
            return await company.place(ORDER), len(stub.received)

    placement, requests = asyncio.run(story())
    assert placement.proof is PostResult.NOT_SENT
    assert requests == 0


def test_the_post_says_all_that_twilio_needs_and_nothing_about_the_case() -> None:
    _, stub = placed(says(201, call()))
    (post,) = stub.posts
    form = post.form
    assert post.raw_path == CALLS
    assert (form["To"], form["From"], form["Timeout"], form["TimeLimit"]) == (TO, FROM, "25", "600")
    assert (form["MachineDetection"], form["AsyncAmd"]) == ("DetectMessageEnd", "true")
    assert form.getall("StatusCallbackEvent") == ["initiated", "ringing", "answered", "completed"]
    assert form["Url"] == URLS.voice(ORDER.attempt_id, 0)
    assert form["FallbackUrl"] == URLS.fallback(ORDER.attempt_id)
    assert form["StatusCallback"] == URLS.status(ORDER.attempt_id)
    assert form["AsyncAmdStatusCallback"] == URLS.amd(ORDER.attempt_id)
    assert {form[f"{name}Method"] for name in ("Fallback", "StatusCallback", "AsyncAmdStatusCallback")} == {"POST"}
    assert form["Method"] == "POST"
    assert not {"Record", "Twiml", "ApplicationSid", "SendDigits"} & set(form)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_requests_are_signed_with_the_primary_token_or_the_api_key() -> None:
    _, stub = placed(says(201, call()))
    assert stub.posts[0].authorization == basic(ACCOUNT, TOKEN)
    _, stub = placed(says(201, call()), api_key="SK1", api_secret="s")
    assert stub.posts[0].authorization == basic("SK1", "s")
    assert stub.posts[0].raw_path == CALLS


def test_the_environment_of_the_process_does_not_reroute_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin", "HTTP_PROXY": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    assert placed(says(201, call()))[0].proof is PostResult.ACCEPTED


def test_a_base_url_may_have_a_path() -> None:
    async def story() -> str:
        async with TwilioStub(says(201, call())) as stub, phone(stub.url + "/api/laml/") as company:
            await company.place(ORDER)
            return stub.posts[0].raw_path

    assert asyncio.run(story()) == "/api/laml" + CALLS


def test_a_cancelled_caller_does_not_cut_the_post_and_close_waits_for_it() -> None:
    async def story() -> tuple[bool, int, bool]:
        arrived, release, finished = asyncio.Event(), asyncio.Event(), False

        async def slow(_request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
            nonlocal finished
            arrived.set()
            await release.wait()
            finished = True
            return aiohttp.web.json_response(call(), status=201)

        async with TwilioStub(slow) as stub:
            company = phone(stub.url)
            caller = asyncio.create_task(company.place(ORDER))
            await arrived.wait()
            caller.cancel()
            cancelled = isinstance((await asyncio.gather(caller, return_exceptions=True))[0], asyncio.CancelledError)
            closing = asyncio.create_task(company.close())
            assert not (await asyncio.wait([closing], timeout=0.05))[0]
            release.set()
            await closing
            return cancelled, len(stub.posts), finished

    assert asyncio.run(story()) == (True, 1, True)


def test_a_post_still_in_flight_when_patience_ends_is_unknown() -> None:
    async def story() -> Placement:
        async with TwilioStub(stalls) as stub:
            company = TwilioPhone(access(stub.url), URLS, drain_s=0.1)
            caller = asyncio.create_task(company.place(ORDER))
            while not stub.posts:
                await asyncio.wait([caller], timeout=0.01)
            await company.close()
            return await asyncio.wait_for(caller, 5)

    assert asyncio.run(story()).proof is PostResult.UNKNOWN


def test_after_close_nothing_is_sent() -> None:
    async def story() -> tuple[Placement, int]:
        async with TwilioStub(says(201, call())) as stub:
            company = phone(stub.url)
            await company.close()
            return await company.place(ORDER), len(stub.received)

    placement, requests = asyncio.run(story())
    assert (placement.proof, requests) == (PostResult.NOT_SENT, 0)


def test_nothing_logged_or_returned_holds_a_number_or_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen = [repr(placed(answer)[0]) for answer in (says(201, call()), fault(400, 21211), stalls)]
    secretive = access("http://localhost", api_key="k", api_secret="hush")
    written = json.dumps(seen) + caplog.text + repr(ORDER) + repr(secretive)
    assert logging.getLogger("twilio.async_http_client").getEffectiveLevel() == logging.WARNING
    for secret in (TO, FROM, TO[1:], FROM[1:], TOKEN, "hush"):
        assert secret not in written
