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
from wakeup.web.voice.head_filter import MISDIRECTED_S

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
     "DELETE /twilio/audio/tone.mp3 HTTP/1.1", "POST / HTTP/1.1", "POST /twilio/sms/inbound/ HTTP/1.1", "nonsense",
     f"HEAD / HTTP/1.1\r\n{MADE_UP}", f"nonsense\r\n{MADE_UP}"],
)  # fmt: skip
def test_what_is_not_served_leaves_no_line_in_the_log(line: str, tmp_path: Path) -> None:
    world = World(recordings={"tone.mp3": tmp_path / "tone.mp3"})

    async def story(phone: Caller) -> None:
        assert await phone.raw(f"{line}\r\nHost: w\r\nContent-Length: 0\r\n\r\n".encode()) == FORBIDDEN
        assert world.counted("bad_signatures_total", door="path", flaw="not_served") == 1

    play_public(story, world)
    assert world.log.requests() == []


def test_what_follows_on_a_connection_that_was_let_in_is_not_logged_either_when_it_is_refused() -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        for then in (b"GET /none HTTP/1.1\r\nHost: w\r\n\r\n", post(SMS, MADE_UP, form=OURS)):
            # The answer to what was refused closes the connection.
            heard = await phone.raw(good(STATUS), then)
            assert heard.startswith(b"HTTP/1.1 204 ")
            assert heard.count(b"HTTP/1.1 4") == 1
        assert asyncio.get_running_loop().time() < 3

    play_public(story, world)
    assert {line["route"] for line in world.log.requests()} == {"/twilio/status/{attempt}/{tag}"}
    assert world.counted("requests_total", route="none", method="none", status="404") == 1
    assert world.counted("bad_signatures_total", door="twilio", flaw="no_match") == 1


@pytest.mark.parametrize(
    ("line", "path"), [("GET /twilio/sms/inbound", SMS), ("POST /twilio/sms/inbound/", None), ("POST /wakeup", None),
    ("GET /twilio/audio/unknown", None)],
)  # fmt: skip
def test_what_the_phone_company_may_have_sent_to_a_wrong_url_is_told_apart_and_logged_once_a_minute(
    line: str, path: str | None
) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        sent = f"{line}?From=%2B6591234567 HTTP/1.1\r\nHost: w\r\n{MADE_UP}\r\n\r\n".encode()
        told = {"level": "warning", "event": "callback_misdirected", "method": line.partition(" ")[0], "path": path}
        for _ in range(3):
            assert await phone.raw(sent) == FORBIDDEN
        assert world.log.lines == [told], "and nothing of a path that may be a stranger's"
        await rest(MISDIRECTED_S)
        assert await phone.raw(sent) == FORBIDDEN
        assert world.log.lines == [told, told]
        assert world.counted("bad_signatures_total", door="path", flaw="misdirected") == 4

    play_public(story, world)


@pytest.mark.parametrize("spelling", ["Expect: 100-continue", "expect:100-Continue", "EXPECT:  100-continue "])
@pytest.mark.parametrize("path", [STATUS, SMS])
def test_a_client_that_asks_before_it_sends_its_form_is_told_once_to_go_on(path: str, spelling: str) -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        form = urlencode({**CALL, "MessageSid": "SM" + "1" * 32})
        signature = sign(PUBLIC + path, {**CALL, "MessageSid": "SM" + "1" * 32})
        for cut in (0, 9):
            whole = post(path, f"X-Twilio-Signature: {signature}", spelling, form=form)
            begins = len(whole) - len(form) + cut
            reader, writer = await asyncio.open_connection(phone.host, phone.port)
            writer.write(whole[:begins])
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(whole[begins:-3])
            await rest(0.1)
            writer.write(whole[-3:])
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 20")
            writer.close()

    play_public(story, world)


def test_a_stranger_is_not_told_to_go_on_and_an_old_client_neither() -> None:
    async def story(phone: Caller) -> None:
        asks = "Expect: 100-continue"
        assert await phone.raw(post(SMS, asks, length=99)) == FORBIDDEN
        assert await phone.raw(post(SMS, MADE_UP, asks, length=FORM_LIMIT + 1)) == FORBIDDEN
        old = post(SMS, MADE_UP, asks, length=len(FORM)).replace(b"HTTP/1.1", b"HTTP/1.0")
        assert await phone.raw(old[:-1], old[-1:]) == FORBIDDEN

    play_public(story)


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
