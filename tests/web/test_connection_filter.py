"""A sender without a signature is turned away before its bytes are parsed as a request; a signed request is not
affected.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.web.fake_twilio import ATTEMPT, CALL, call_in, path_of, sign
from tests.web.test_twilio_access import open_world
from tests.web.world import PUBLIC, Caller, World, play_public
from wakeup.simulator.clock import rest
from wakeup.simulator.virtual_loop import run
from wakeup.web.apps import HttpListener, public_app
from wakeup.web.listener import HEAD_SECONDS

FORM = "CallSid=CA1"


def post(path: str, *more: str, form: str = FORM) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: w", "Content-Type: application/x-www-form-urlencoded", *more]
    return "\r\n".join([*lines, f"Content-Length: {len(form)}", "", form]).encode()


def test_no_handler_hears_a_request_without_a_signature() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        for path in (path_of(world.urls.status(ATTEMPT)), "/twilio/sms/inbound", "/nowhere"):
            heard = await phone.raw(post(path))
            assert heard.startswith(b"HTTP/1.1 403 ")
            assert heard.endswith(b'{"title":"Forbidden","status":403}')
        assert world.counted("bad_signatures_total", door="twilio", flaw="missing_header") == 3

    play_public(story, world)
    assert (world.store.ran, world.log.requests()) == ([], []), "neither work nor a line in the log"


def test_a_signature_does_not_help_where_the_tag_is_not_ours() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        heard = await phone.raw(post(f"/twilio/status/{ATTEMPT}/AAAA", "X-Twilio-Signature: x"))
        assert heard.startswith(b"HTTP/1.1 403 ")
        assert world.counted("bad_signatures_total", door="tag", flaw="no_match") == 1

    play_public(story, world)
    assert world.log.requests() == []


@pytest.mark.parametrize("cut", [3, 40, 90])
def test_a_request_that_comes_in_pieces_is_let_in_and_refused_inside(cut: int) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        sent = post(path_of(world.urls.status(ATTEMPT)), "Connection: close")
        heard = await phone.raw(sent[:cut], sent[cut:])
        assert heard.startswith(b"HTTP/1.1 403 ")

    play_public(story, world)
    assert [line["status"] for line in world.log.requests()] == [403]


def test_a_connection_that_was_let_in_is_looked_at_again_inside() -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        path = path_of(world.urls.status(ATTEMPT))
        assert (await call_in(phone, path)).status == 204
        signature = sign(PUBLIC + path, CALL)
        form = "&".join(f"{name}={value}".replace("+", "%2B") for name, value in CALL.items())
        good = post(path, f"X-Twilio-Signature: {signature}", form=form)
        heard = await phone.raw(good, post(path, "Connection: close"))
        assert (heard.count(b"HTTP/1.1 204 "), heard.count(b"HTTP/1.1 403 ")) == (1, 1)

    play_public(story, world)


def test_a_client_that_sends_nothing_is_disconnected_after_ten_seconds() -> None:
    async def story(phone: Caller) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        reader, writer = await asyncio.open_connection(phone.host, phone.port)
        assert await reader.read() == b""
        assert loop.time() - began == pytest.approx(HEAD_SECONDS, abs=0.1)
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
