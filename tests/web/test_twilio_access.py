"""Only requests of the phone company, about our account, at a URL we made, are let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.fake_twilio import ATTEMPT, CALL, call_in, path_of, send, sign
from tests.web.test_bodies import head
from tests.web.world import ACCOUNT, OLD_TOKEN, PUBLIC, Caller, World, play_public
from wakeup.domain.ids import AttemptId
from wakeup.ivr.nlu.plain_words import MAX_CHARACTERS
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.conversation.converse import Reply, converse, record_detection
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.texts.receive_reply import receive_reply
from wakeup.usecases.texts.text_receipts import record_receipt
from wakeup.web.voice.access import FORM_LIMIT, MAX_FIELDS

MADE_UP = "A" * 27 + "="
Address = Callable[[CallbackUrls], str]
TAGGED: dict[str, Address] = {
    "voice": lambda urls: urls.voice(ATTEMPT, 1),
    "fallback": lambda urls: urls.fallback(ATTEMPT),
    "status": lambda urls: urls.status(ATTEMPT),
    "amd": lambda urls: urls.amd(ATTEMPT),
    "recording": lambda urls: urls.recording(ATTEMPT),
    "sms_status": lambda urls: urls.sms_status("msg_1"),
}
EVERY: dict[str, Address] = {
    **TAGGED,
    "voice_inbound": lambda _: f"{PUBLIC}/twilio/voice/inbound",
    "sms_inbound": lambda _: f"{PUBLIC}/twilio/sms/inbound",
}
every = pytest.mark.parametrize("address", EVERY.values(), ids=EVERY)
tagged = pytest.mark.parametrize("address", TAGGED.values(), ids=TAGGED)


def open_world() -> World:
    world = World()
    world.store.will(converse, Reply(turn=None))
    world.store.will(record_progress, None)
    world.store.will(record_detection, Reply(turn=None))
    world.store.will(record_receipt, True)
    world.store.will(receive_reply, "unknown_sender")
    return world


@every
def test_the_door_opens_to_both_tokens(address: Address) -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        path = path_of(address(world.urls))
        for token in ("token-now", OLD_TOKEN):
            heard = await call_in(phone, path, token, AnsweredBy="human", MessageSid="SM" + "1" * 32)
            assert heard.status in {200, 204}

    play_public(story, world)


@every
def test_a_wrong_signature_is_403(address: Address) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        path = path_of(address(world.urls))
        good = sign(PUBLIC + path, CALL)
        assert (await send(phone, path, CALL, None)).status == 403
        assert (await send(phone, path, CALL, "")).status == 403
        assert (await send(phone, path, CALL, sign(PUBLIC + path, CALL, "stolen"))).status == 403
        assert (await send(phone, path, {**CALL, "To": "+6599999999"}, good)).status == 403
        assert (await send(phone, f"{path}?x=1", CALL, good)).status == 403
        # The host that the request itself names does not count.
        local = f"http://{phone.host}:{phone.port}{path}"
        assert (await send(phone, path, CALL, sign(local, CALL))).status == 403

    play_public(story, world)
    assert world.store.ran == []
    assert world.counted("bad_signatures_total", door="twilio", flaw="missing_header") == 1


@every
def test_another_account_is_not_ours(address: Address) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(address(world.urls)), AccountSid="AC" + "9" * 32)).status == 403
        assert (await call_in(phone, path_of(address(world.urls)), AccountSid=None)).status == 403

    assert play_public(story, world).store.ran == []


@tagged
def test_a_tag_opens_one_door_only(address: Address) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        path = path_of(address(world.urls))
        stem, _, own = path.rpartition("/")
        for other in TAGGED.values():
            foreign = path_of(other(world.urls)).rpartition("/")[2]
            if foreign != own:
                assert (await call_in(phone, f"{stem}/{foreign}")).status == 403
        strange = path_of(address(CallbackUrls(PUBLIC, b"x" * 32)))
        assert (await call_in(phone, strange)).status == 403

    play_public(story, world)
    assert world.store.ran == []
    assert world.counted("bad_signatures_total", door="tag", flaw="no_match") == 6


async def be_let_in(phone: Caller) -> None:
    """Leave a connection open that was let in, for a form about no call."""
    assert (await call_in(phone, path_of(phone.world.urls.status(ATTEMPT)), CallSid="x")).status == 400


@tagged
def test_a_tag_is_looked_at_on_a_connection_that_was_let_in_too(address: Address) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        stem, _, own = path_of(address(world.urls)).rpartition("/")
        for other in TAGGED.values():
            foreign = path_of(other(world.urls)).rpartition("/")[2]
            if foreign != own:
                await be_let_in(phone)
                assert (await call_in(phone, f"{stem}/{foreign}")).status == 403

    play_public(story, world)
    assert world.store.ran == []
    assert world.counted("bad_signatures_total", door="tag", flaw="no_match") == 5
    assert [line["status"] for line in world.log.requests()] == [400] * 5
    [counted] = world.metrics.requests.collect()
    inside = [one for one in counted.samples if one.labels.get("status") == "403"]
    assert sum(one.value for one in inside if one.name.endswith("_total")) == 5, "not at the door"


def test_a_tag_is_of_one_attempt_and_one_turn() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        tag = path_of(world.urls.voice(ATTEMPT, 1)).rpartition("/")[2]
        for path in (f"/twilio/voice/att_2/1/{tag}", f"/twilio/voice/{ATTEMPT}/2/{tag}"):
            assert (await call_in(phone, path)).status == 403
        other = path_of(world.urls.status(AttemptId("att_2"))).rpartition("/")[2]
        assert (await call_in(phone, f"/twilio/status/{ATTEMPT}/{other}")).status == 403
        for path in (f"/twilio/voice/{ATTEMPT}/x/{tag}", f"/twilio/voice/{ATTEMPT}/{tag}"):
            assert b" 403 " in await phone.raw(head(path, "Connection: close", f"X-Twilio-Signature: {MADE_UP}"))

    assert play_public(story, world).store.ran == []


def test_a_wrong_tag_is_refused_before_the_body_is_read() -> None:
    async def story(phone: Caller) -> None:
        heard = await phone.raw(head(f"/twilio/status/{ATTEMPT}/wrong", "Content-Length: 60000") + b"CallSid=")
        assert heard.startswith(b"HTTP/1.1 403 ")

    play_public(story)


@pytest.mark.parametrize("address", [TAGGED["voice"], TAGGED["status"], TAGGED["fallback"]])
@pytest.mark.parametrize(
    ("more", "status"),
    [({"Direction": "inbound"}, 403), ({"Direction": None}, 400), ({"CallSid": "x"}, 400), ({"To": ""}, 400)],
)
def test_only_forms_of_our_own_outbound_calls_are_accepted(address: Address, more: dict[str, Any], status: int) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(address(world.urls)), **more)).status == status

    assert play_public(story, world).store.ran == []


@every
def test_a_body_that_is_no_form_is_refused(address: Address) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        path = path_of(address(world.urls))

        async def post(body: bytes, kind: str = "application/x-www-form-urlencoded", **more: str) -> int:
            headers = {"X-Twilio-Signature": MADE_UP, "Content-Type": kind, **more}
            named = f"AccountSid={ACCOUNT}&".encode() + body
            return (await phone.ask("POST", path, data=named, headers=headers)).status

        assert await post(b"{}", "application/json") == 415
        assert await post(b"a=b", "multipart/form-data; boundary=x") == 415
        assert await post(b"a=b", **{"Content-Encoding": "deflate"}) == 415
        assert await post(b"\xff\xfe") == 400
        assert await post(b"&".join([b"a=b"] * MAX_FIELDS)) == 400
        assert await post(b"a=%ED%A0%80") == 403

    assert play_public(story, world).store.ran == []


@every
def test_a_form_that_is_too_large_is_refused_on_a_connection_that_was_let_in(address: Address) -> None:
    world = World()

    async def story(phone: Caller) -> None:
        await be_let_in(phone)
        headers = {"X-Twilio-Signature": MADE_UP, "Content-Type": "application/x-www-form-urlencoded"}
        body = b"a" * (FORM_LIMIT + 1)
        assert (await phone.ask("POST", path_of(address(world.urls)), data=body, headers=headers)).status == 413

    assert play_public(story, world).store.ran == []


LARGEST: dict[str, dict[str, str]] = {
    "chinese": {"Body": "钱" * 1600},
    "emoji": {"Body": "🆘" * 1600},
    "speech": {"SpeechResult": "我" * MAX_CHARACTERS, "Confidence": "0.91", "Language": "cmn-Hans-CN"},
}


@pytest.mark.parametrize("said", LARGEST.values(), ids=LARGEST)
@pytest.mark.parametrize("address", [EVERY["voice_inbound"], EVERY["sms_inbound"], EVERY["voice"]])
def test_the_largest_form_of_the_phone_company_is_taken(address: Address, said: dict[str, str]) -> None:
    world = open_world()
    media = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'1' * 32}/Media/ME{'2' * 32}"
    # Where the sender is, as far as is known; who signed for the number; and what the message is made of.
    rest = {f"{end}{what}": "SINGAPORE CITY" for end in ("From", "To") for what in ("City", "State", "Zip", "Country")}
    rest |= {
        "MessageSid": f"MM{'1' * 32}",
        "SmsMessageSid": f"MM{'1' * 32}",
        "SmsSid": f"MM{'1' * 32}",
        "NumMedia": "10",
    }
    rest |= {f"MediaUrl{n}": media for n in range(10)} | {f"MediaContentType{n}": "image/jpeg" for n in range(10)}

    async def story(phone: Caller) -> None:
        assert (await call_in(phone, path_of(address(world.urls)), base={**CALL, **rest, **said})).status == 200

    play_public(story, world)


def test_half_a_form_is_waited_for_ten_seconds() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        lines = f"POST {path_of(world.urls.status(ATTEMPT))} HTTP/1.1\r\nHost: w\r\nContent-Length: 99\r\n"
        lines += f"X-Twilio-Signature: {MADE_UP}\r\n"
        heard = await phone.raw(f"{lines}Content-Type: application/x-www-form-urlencoded\r\n\r\nCallSid=".encode())
        assert heard.startswith(b"HTTP/1.1 408 ")

    assert play_public(story, world).store.ran == []


def test_repeated_and_empty_fields_are_signed_as_they_came() -> None:
    world = open_world()

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.status(ATTEMPT)), CallerName="", StirStatus="a b+c&d=é")
        assert heard.status == 204

    play_public(story, world)
