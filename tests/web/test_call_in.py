"""Calls to the bank's number: the caller hears no personal data, and only a call started in the app offers a choice
more.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.fake_twilio import call_in, spoken, verbs
from tests.web.world import Caller, World, play_public
from wakeup.domain.errors import StoreDownError
from wakeup.usecases.conversation.call_in import ask_for_person, keep_on_hold, match_call_in
from wakeup.usecases.desk.agent_line import whose_line

HELLO, KEYS, LEFT = "/twilio/voice/inbound", "/twilio/call-in/keys", "/twilio/call-in/left"
LAST_KEYS = "/twilio/call-in/last-keys"
WHISPER, ACCEPT = "/twilio/call-in/whisper", "/twilio/call-in/accept"
PRIVATE = ("核对码", "check code", "case", "4711", "SGD", "transfer", "payment")


def world(**answers: Any) -> World:
    made = World()
    made.store.will(whose_line, None)
    made.store.will(match_call_in, answers.get("matched", False))
    made.store.will(keep_on_hold, answers.get("kept", False))
    made.store.will(ask_for_person, answers.get("free", True))
    return made


async def heard(phone: Caller, path: str, **fields: Any) -> Any:
    return await call_in(phone, path, Direction="inbound", **fields)


@pytest.mark.parametrize("matched", [False, True])
def test_every_caller_hears_how_to_check_and_nothing_about_a_customer(matched: bool) -> None:
    async def story(phone: Caller) -> None:
        told = await heard(phone, HELLO)
        words = spoken(told)
        assert "bank's app" in words and "back of your card" in words and "press 0" in words and "请按0" in words
        assert ("started in the app" in words) is matched
        assert not [word for word in PRIVATE if word in words]
        assert verbs(told)[0] == "Gather"

    ran = play_public(story, world(matched=matched)).store.ran
    assert [one.name for one in ran] == ["whose_line", "match_call_in"]
    assert ran[1].args[0].from_ not in repr(ran[1].args[0])


def test_a_caller_who_presses_nothing_is_asked_once_more() -> None:
    """Before, an old caller who was looking for the key heard goodbye after one silence."""

    async def story(phone: Caller) -> None:
        again = await heard(phone, KEYS)
        assert "请按0" in spoken(again) and LAST_KEYS in again.text
        assert verbs(again)[0] == "Gather"
        goodbye = await heard(phone, LAST_KEYS)
        assert "请按0" not in spoken(goodbye) and verbs(goodbye)[-1] == "Hangup"
        assert "请稍等" in spoken(await heard(phone, LAST_KEYS, Digits="0"))

    made = world()
    made.people = ("+6531589999",)
    play_public(story, made)


def test_a_bad_signature_hears_nothing_at_all() -> None:
    async def story(phone: Caller) -> None:
        for path in (HELLO, KEYS, LAST_KEYS, LEFT, WHISPER, ACCEPT):
            assert (await call_in(phone, path, Direction="inbound", token="other")).status == 403

    assert play_public(story).store.ran == []


@pytest.mark.parametrize("kept", [False, True])
def test_the_hold_is_promised_only_when_it_was_written_down(kept: bool) -> None:
    async def story(phone: Caller) -> None:
        told = await heard(phone, KEYS, Digits="1")
        assert ("What has not left yet stays where it is" in spoken(told)) is kept, "of the rest nobody knows"
        assert verbs(told)[-1] == "Hangup"

    play_public(story, world(kept=kept))


@pytest.mark.parametrize("key", ["2", "#", "12345"])
def test_any_other_key_ends_with_how_to_check(key: str) -> None:
    async def story(phone: Caller) -> None:
        told = await heard(phone, KEYS, Digits=key)
        assert "bank's app" in spoken(told)
        assert verbs(told)[-1] == "Hangup"

    assert play_public(story, world()).store.ran == []


def test_a_colleague_is_rung_if_there_is_one() -> None:
    async def story(phone: Caller) -> None:
        told = await heard(phone, KEYS, Digits="0")
        assert "Dial" in verbs(told)
        assert (
            "the caller is not verified" in spoken(await call_in(phone, WHISPER, ParentCallSid="CA" + "1" * 32)).lower()
        )
        joined = await call_in(phone, ACCEPT, ParentCallSid="CA" + "1" * 32, Digits="1")
        assert verbs(joined) == []
        refused = await call_in(phone, ACCEPT, ParentCallSid="CA" + "1" * 32, Digits="5")
        assert verbs(refused) == ["Hangup"]
        assert verbs(await heard(phone, LEFT, DialCallStatus="no-answer"))[-1] == "Hangup"

    made = world()
    made.people = ("+6531589999",)
    ran = play_public(story, made).store.ran
    assert [one.name for one in ran] == ["ask_for_person"]


def test_the_line_says_where_to_ask_when_there_is_no_colleague() -> None:
    async def story(phone: Caller) -> None:
        told = await heard(phone, KEYS, Digits="0")
        assert "back of your card" in spoken(told)
        assert "Dial" not in verbs(told)

    assert [one.name for one in play_public(story, world()).store.ran] == ["ask_for_person"]


def test_a_caller_who_has_asked_too_often_is_told_where_to_ask() -> None:
    async def story(phone: Caller) -> None:
        told = await heard(phone, KEYS, Digits="0")
        assert "No colleague can take your call now" in spoken(told) and "back of your card" in spoken(told)
        assert verbs(told)[-1] == "Hangup" and "Dial" not in verbs(told)

    made = world(free=False)
    made.people = ("+6531589999",)
    assert [one.name for one in play_public(story, made).store.ran] == ["ask_for_person"]


def test_a_server_error_leaves_no_caller_without_a_word() -> None:
    made = world()
    for use_case in (match_call_in, keep_on_hold, ask_for_person):
        made.store.will(use_case, StoreDownError("away"))
    made.people = ("+6531589999",)

    async def story(phone: Caller) -> None:
        assert "started in the app" not in spoken(await heard(phone, HELLO))
        assert "stays where it is" not in spoken(await heard(phone, KEYS, Digits="1"))
        assert "Dial" in verbs(await heard(phone, KEYS, Digits="0")), "who cannot be counted is put through"
        assert "bank's app" in spoken(await heard(phone, LEFT, DialCallStatus="completed"))

    play_public(story, made)


def test_an_outbound_call_is_no_call_in() -> None:
    async def story(phone: Caller) -> None:
        assert "press 0" in spoken(await call_in(phone, HELLO, Direction="outbound-api"))

    assert play_public(story, world()).store.ran == []
