"""Bodies that are too large, too slow, or cut off: the sender loses the connection, and the service loses nothing."""

from __future__ import annotations

import asyncio

import pytest

from tests.bank.bodies import event, raw
from tests.web.test_risk_events import PATH, accepted, world_with
from tests.web.world import BANK_SECRET, START, Caller, play
from wakeup.bank.signing import signed_headers
from wakeup.web.bodies import BATCH_LIMIT, BODY_LIMIT, BODY_SECONDS
from wakeup.web.listener import HEAD_SECONDS

BATCH = "/v1/risk-events/batch"
SIGNED = [f"{name}: {value}" for name, value in signed_headers([BANK_SECRET], "msg_1", START, b"whatever").items()]
"""What shows only with the body that it is not signed."""


def head(path: str, *lines: str) -> bytes:
    every = (f"POST {path} HTTP/1.1", "Host: wakeup", "Content-Type: application/json", *lines)
    return "\r\n".join((*every, "", "")).encode()


@pytest.mark.parametrize("path", [PATH, BATCH])
@pytest.mark.parametrize("framing", ["Content-Length: 200", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("sent", [b"", b"63\r\n" + b" " * 99], ids=["nothing", "a part"])
def test_a_body_that_ends_before_its_end_is_answered(path: str, framing: str, sent: bytes) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.raw(head(path, framing, *SIGNED) + sent, ends=True)
        assert heard.startswith(b"HTTP/1.1 400 ")
        assert b"the body broke off" in heard
        assert b"Connection: close" in heard

    assert play(story).store.ran == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_sender_that_ends_after_whole_requests_is_answered_each(count: int) -> None:
    """It sends nothing more, but listens: what was stored must not look as if it had been lost."""

    async def takes_its_time() -> object:
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(1, done.set_result, accepted())
        return await done

    async def story(bank: Caller) -> None:
        begun, sent = asyncio.get_running_loop().time(), b""
        for n in range(count):
            body, headers = bank.signed_message(event(), webhook_id=f"msg_{n}")
            lines = [f"{name}: {value}" for name, value in headers.items() if name != "Content-Type"]
            sent += head(PATH, f"Content-Length: {len(body)}", *lines) + body
        heard = await bank.raw(sent, ends=True)
        assert heard.count(b"HTTP/1.1 202 ") == count
        assert asyncio.get_running_loop().time() - begun < HEAD_SECONDS / 2, "the connection is not kept for more"

    world = play(story, world_with(takes_its_time))
    assert [line["status"] for line in world.log.requests()] == [202] * count


@pytest.mark.parametrize("rest", ["ends with the head", "ends after the answer", "is no chunk"])
@pytest.mark.parametrize(("path", "status"), [(PATH, 401), ("/nowhere", 404)])
def test_a_body_that_nobody_reads_may_break_off_without_a_log_line(
    path: str, status: int, rest: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody may send one, and each would write a traceback."""

    async def story(bank: Caller) -> None:
        begun = asyncio.get_running_loop().time()
        reader, writer = await asyncio.open_connection(bank.host, bank.port)
        writer.write(head(path, "Transfer-Encoding: chunked"))
        if rest == "ends with the head":
            writer.write_eof()
        heard = await reader.readuntil(b"\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 %d " % status)
        if rest == "ends after the answer":
            writer.write_eof()
        if rest == "is no chunk":
            writer.write(b"2\r\n{}\r\nzz\r\n")
        await reader.read()
        assert asyncio.get_running_loop().time() - begun < HEAD_SECONDS / 2, "the connection is not kept for more"
        writer.close()

    assert play(story).store.ran == []
    assert caplog.text == ""


@pytest.mark.parametrize(("path", "limit"), [(PATH, BODY_LIMIT), (BATCH, BATCH_LIMIT)])
def test_a_body_that_announces_too_much_is_not_read(path: str, limit: int) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.raw(head(path, f"Content-Length: {limit + 1}"))
        assert heard.startswith(b"HTTP/1.1 413 ")
        assert b"application/problem+json" in heard
        assert b"Connection: close" in heard

    assert play(story).store.ran == []


def test_a_body_that_grows_too_large_is_cut_off_before_its_end() -> None:
    async def story(bank: Caller) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
        heard = await bank.raw(head(PATH, "Transfer-Encoding: chunked", *SIGNED), then=chunk * 80)
        assert heard.startswith(b"HTTP/1.1 413 ")
        assert loop.time() - begun < BODY_SECONDS / 2

    assert play(story).store.ran == []


def test_the_largest_body_is_taken() -> None:
    async def story(bank: Caller) -> None:
        body = raw(event())
        assert (await bank.post(PATH, body + b" " * (BODY_LIMIT - len(body)))).status == 202
        assert (await bank.post(PATH, body + b" " * (BODY_LIMIT - len(body) + 1))).status == 413

    play(story, world_with(accepted()))


OLD = [line.replace(str(int(START.timestamp())), "1700000000") for line in SIGNED]


@pytest.mark.parametrize(
    ("lines", "flaw"),
    [
        ([], "missing_header"),
        (SIGNED[:2], "missing_header"),
        (OLD, "stale"),
        ([*SIGNED[:2], "webhook-signature: v1,x"], "malformed"),
        ([*SIGNED, "X-Wakeup-Client: nobody"], "no_match"),
    ],
)
@pytest.mark.parametrize("path", [PATH, BATCH])
def test_a_body_that_nobody_can_have_signed_is_not_read(path: str, lines: list[str], flaw: str) -> None:
    async def story(bank: Caller) -> None:
        loop = asyncio.get_running_loop()
        heard = await bank.raw(head(path, "Content-Length: 60000", "Connection: close", *lines) + b"{")
        assert heard.startswith(b"HTTP/1.1 401 ")
        assert loop.time() < BODY_SECONDS / 2
        assert bank.world.counted("bad_signatures_total", door="api", flaw=flaw) == 1

    assert play(story).store.ran == []


@pytest.mark.parametrize("path", [PATH, BATCH, "/v1/labels", "/v1/transfers/t_1/events"])
def test_half_a_body_is_waited_for_ten_seconds(path: str) -> None:
    async def story(bank: Caller) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        heard = await bank.raw(head(path, "Content-Length: 100", *SIGNED) + b'{"event_id":')
        assert heard.startswith(b"HTTP/1.1 408 ")
        assert b"Connection: close" in heard
        assert BODY_SECONDS <= loop.time() - begun < BODY_SECONDS + 3

    assert play(story).store.ran == []


def test_half_a_head_is_waited_for_ten_seconds() -> None:
    async def story(bank: Caller) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert await bank.raw(b"POST /v1/risk-events HTTP/1.1\r\nHost: wak") == b""
        assert HEAD_SECONDS <= loop.time() - begun < HEAD_SECONDS + 3

    play(story)


def test_a_body_that_breaks_its_framing_is_refused() -> None:
    async def story(bank: Caller) -> None:
        chunked = head(PATH, "Transfer-Encoding: chunked", *SIGNED)
        heard = await bank.raw(chunked + b"zz\r\n")
        assert b" 400 " in heard.partition(b"\r\n")[0]
        # aiohttp does not report this error to a reader that is already waiting, so the ten seconds run out.
        late = await bank.raw(chunked, then=b"zz\r\n")
        assert b" 408 " in late.partition(b"\r\n")[0]
        assert b"application/problem+json" in heard
        assert b"application/problem+json" in late

    assert play(story).store.ran == []


@pytest.mark.parametrize(
    ("raw_head", "named"),
    [
        (b"BREW /v1/risk-events HTTP/1.1\r\nHost: w\r\n\r\n", b"method"),
        (b"GET / HTTP/1.1\r\nHost: w\r\n" + b"X-A: 1\r\n" * 200 + b"\r\n", b"128 headers"),
        (b"GET / HTTP/1.1\r\nHost: w\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n", b"8 KiB"),
    ],
)
def test_what_is_wrong_with_a_head_is_among_the_causes_named(raw_head: bytes, named: bytes) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.raw(raw_head)
        assert b" 400 " in heard.partition(b"\r\n")[0]
        assert named in heard

    play(story)


def test_a_request_that_is_no_http_is_answered_without_an_echo_and_without_a_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(bank: Caller) -> None:
        heard = await bank.raw(b"GET / HTTP/1.1\r\nBroken +6591234567 header\r\n\r\n")
        assert b" 400 " in heard.partition(b"\r\n")[0]
        assert b"application/problem+json" in heard
        assert b"Server: wakeup" in heard
        assert b"6591234567" not in heard
        assert b"is not valid HTTP" in heard

    world = play(story)
    assert "6591234567" not in repr(world.log.lines) + caplog.text
