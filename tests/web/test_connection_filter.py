"""A sender without a signature is turned away before its bytes are parsed as a request; a signed request is not
affected.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.web.fake_twilio import ATTEMPT, CALL, call_in, path_of, sign
from tests.web.test_twilio_access import open_world
from tests.web.world import ACCOUNT, PUBLIC, Caller, World, play_public
from wakeup.simulator.clock import rest
from wakeup.simulator.virtual_loop import run
from wakeup.web.apps import HttpListener, public_app
from wakeup.web.connection_filter import FORBIDDEN
from wakeup.web.listener import HEAD_SECONDS, SILENT_SECONDS
from wakeup.web.voice.access import FORM_LIMIT
from wakeup.web.voice.app import FIXED

FORM = "CallSid=CA1"
MADE_UP = f"X-Twilio-Signature: {'A' * 27}="
STATUS = path_of(World().urls.status(ATTEMPT))
SMS = "/twilio/sms/inbound"
OURS = f"CallSid=CA1&AccountSid={ACCOUNT}"


def post(path: str, *more: str, form: str = FORM, length: int | None = None) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: w", "Content-Type: application/x-www-form-urlencoded", *more]
    return "\r\n".join([*lines, f"Content-Length: {len(form) if length is None else length}", "", form]).encode()


def good(path: str) -> bytes:
    return post(path, f"X-Twilio-Signature: {sign(PUBLIC + path, CALL)}", form=urlencode(CALL))


def test_no_handler_hears_a_request_without_a_signature() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        for path in (STATUS, SMS, FIXED[2]):
            assert await phone.raw(post(path)) == FORBIDDEN
        assert FORBIDDEN.startswith(b"HTTP/1.1 403 ")
        assert FORBIDDEN.endswith(b'{"title":"Forbidden","status":403}')
        assert world.counted("bad_signatures_total", door="twilio", flaw="missing_header") == 3

    play_public(story, world)
    assert (world.store.ran, world.log.requests()) == ([], []), "neither work nor a line in the log"


@pytest.mark.parametrize(
    "signature", ["x", "A" * 28, "A" * 26 + "=", "A" * 28 + "=", "A" * 26 + "-=", "A" * 20 + " " + "A" * 6 + "=", ""]
)
def test_what_cannot_be_a_signature_is_none(signature: str) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        for path in (STATUS, SMS):
            assert await phone.raw(post(path, f"X-Twilio-Signature: {signature}", form=OURS)) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="twilio", flaw="malformed") == 2

    play_public(story, world)
    assert world.log.requests() == []


def test_a_signature_does_not_help_where_the_tag_is_not_ours() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        for path in (f"/twilio/status/{ATTEMPT}/AAAA", "/twilio/sms/status/msg_1/AAAA"):
            assert await phone.raw(post(path, MADE_UP, form=OURS)) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="tag", flaw="no_match") == 2

    play_public(story, world)
    assert world.log.requests() == []


@pytest.mark.parametrize("path", [*FIXED, "/twilio/agent-line/state/u_1/en/AAAA"])
@pytest.mark.parametrize(
    "form", ["", FORM, "AccountSid=AC1", f"{OURS}&AccountSid=AC1", f"Body=AccountSid={ACCOUNT}", f"x{OURS[12:]}"]
)
def test_a_form_that_does_not_name_our_account_is_not_parsed(path: str, form: str) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        assert await phone.raw(post(path, MADE_UP, form=form)) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="twilio", flaw="other_account") == 1

    play_public(story, world)
    assert world.log.requests() == []


def test_a_form_that_is_too_large_is_not_waited_for() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        for path in (STATUS, SMS):
            assert await phone.raw(post(path, MADE_UP, form=OURS, length=FORM_LIMIT + 1)) == FORBIDDEN
        assert asyncio.get_running_loop().time() < 0.1
        chunked = f"POST {SMS} HTTP/1.1\r\nHost: w\r\n{MADE_UP}\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert await phone.raw(chunked.encode()) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="twilio", flaw="too_large") == 2
        assert world.counted("bad_signatures_total", door="twilio", flaw="no_length") == 1

    play_public(story, world)
    assert world.log.requests() == []


@pytest.mark.parametrize(
    "line",
    ["GET / HTTP/1.1", "GET /twilio/audio/unknown HTTP/1.1", f"GET {SMS} HTTP/1.1", "HEAD / HTTP/1.1",
     "DELETE /twilio/audio/tone.mp3 HTTP/1.1", "POST / HTTP/1.1", "POST /twilio/sms/inbound/ HTTP/1.1", "nonsense"],
)  # fmt: skip
def test_what_is_not_served_leaves_no_line_in_the_log(line: str, tmp_path: Path) -> None:
    world = World(recordings={"tone.mp3": tmp_path / "tone.mp3"})

    async def story(phone: Caller) -> None:
        assert await phone.raw(f"{line}\r\nHost: w\r\n{MADE_UP}\r\nContent-Length: 0\r\n\r\n".encode()) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="path", flaw="not_served") == 1

    play_public(story, world)
    assert world.log.requests() == []


def test_a_recorded_prompt_is_served_and_what_follows_on_its_connection_is_not_logged_either(tmp_path: Path) -> None:
    (tmp_path / "tone.mp3").write_bytes(b"sound")
    world = World(recordings={"tone.mp3": tmp_path / "tone.mp3"})

    async def story(phone: Caller) -> None:
        fetch = b"GET /twilio/audio/tone.mp3 HTTP/1.1\r\nHost: w\r\n\r\n"
        for then in (b"GET /none HTTP/1.1\r\nHost: w\r\n\r\n", post(SMS, MADE_UP, form=OURS)):
            # The answer to what was refused closes the connection.
            heard = await phone.raw(fetch, then)
            assert heard.startswith(b"HTTP/1.1 200 ")
            assert heard.count(b"HTTP/1.1 4") == 1
        assert asyncio.get_running_loop().time() < 3

    play_public(story, world)
    assert {line["route"] for line in world.log.requests()} == {"/twilio/audio/{name}"}
    assert world.counted("requests_total", route="none", method="none", status="404") == 1
    assert world.counted("bad_signatures_total", door="twilio", flaw="no_match") == 1


@pytest.mark.parametrize("cut", [3, 40, 90, -5])
@pytest.mark.parametrize("path", [STATUS, SMS])
def test_a_request_that_comes_in_pieces_is_waited_for(path: str, cut: int) -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        wrong = post(path, f"X-Twilio-Signature: {'A' * 20}", "Connection: close")
        assert await phone.raw(wrong[:cut], wrong[cut:]) == FORBIDDEN
        assert world.log.requests() == []
        whole = good(STATUS)
        heard = await phone.raw(whole[:cut], whole[cut:])
        assert heard.startswith(b"HTTP/1.1 204 ")

    play_public(story, world)


def test_a_head_without_an_end_is_cut_off() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        assert await phone.raw(b"POST /twilio/sms/inbound HTTP/1.1\r\nX: " + b"x" * 20_000) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="path", flaw="no_head") == 1

    play_public(story, world)


def test_a_connection_that_was_let_in_is_looked_at_again_inside() -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, STATUS)).status == 204
        heard = await phone.raw(good(STATUS), post(STATUS))
        assert (heard.count(b"HTTP/1.1 204 "), heard.count(b"HTTP/1.1 403 ")) == (1, 1)

    play_public(story, world)


@pytest.mark.parametrize(
    ("sent", "after_s"), [(b"", SILENT_SECONDS), (b"P", HEAD_SECONDS), (post(SMS, MADE_UP, length=99), HEAD_SECONDS)]
)
def test_a_client_that_sends_nothing_or_not_all_is_disconnected(sent: bytes, after_s: float) -> None:
    async def story(phone: Caller) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        reader, writer = await asyncio.open_connection(phone.host, phone.port)
        writer.write(sent)
        assert await reader.read() == b""
        assert loop.time() - began == pytest.approx(after_s, abs=0.1)
        writer.close()

    play_public(story)


def test_silent_connections_give_way_to_those_that_speak() -> None:
    async def story() -> None:
        listener = HttpListener(public_app(open_world().parts()), most=3)
        await listener.setup()
        await listener.listen("127.0.0.1", 0)
        host, port = listener.addresses[0][:2]
        silent = []
        for _ in range(5):
            silent.append(await asyncio.open_connection(host, port))
            await rest(0.01)
        assert [reader.at_eof() for reader, _ in silent] == [True, True, False, False, False], "the oldest went"
        served = []
        for _ in range(3):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(good(STATUS))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204 ")
            served.append(writer)
        assert all([await reader.read() == b"" for reader, _ in silent])
        late, writer = await asyncio.open_connection(host, port)
        writer.write(good(STATUS))
        assert await late.read() == b"", "who has spoken is not cut off for somebody new"
        assert asyncio.get_running_loop().time() < 1
        for each in (writer, *served, *(writer for _, writer in silent)):
            each.close()
        await listener.cleanup()

    run(story())


def test_a_connection_that_waits_at_shutdown_is_closed() -> None:
    async def story() -> None:
        listener = HttpListener(public_app(World().parts()))
        await listener.setup()
        await listener.listen("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*listener.addresses[0][:2])
        await rest(0.01)
        await listener.cleanup()
        assert await reader.read() == b""
        writer.close()

    run(story())
