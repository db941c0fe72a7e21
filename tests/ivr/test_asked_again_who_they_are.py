"""Who is asked again who they are hears the question to its end, and no 好 answers it."""

from __future__ import annotations

import random

import pytest

from tests.ivr.stage import LIBRARY, VARIABLES, Call
from tests.ivr.test_too_soon import say
from wakeup.domain.outcome import Contact
from wakeup.ivr.conversation import Wish

SOUNDS = {"zh-CN": ("喂", "什么", "嗯", "啊", "你说", "哪位", "哦", "好", "行"), "en": ("hello", "what", "ok", "okay")}
WAITED_MS = 1500


def interrupted(call: Call) -> bool:
    """True if speech may cut the last words short."""
    listen = call.turns[-1].listen
    assert listen is not None
    return listen.interrupted_by_speech


def over_the_words(call: Call, said: str, heard_ms: int) -> Call:
    """Speak over our words. Where speech does not cut them short, it is said again when they are over."""
    spoken = call.conversation.spoken_ms
    return say(call, said, heard_ms if interrupted(call) or heard_ms > spoken else spoken + WAITED_MS)


@pytest.mark.parametrize("sound", ["喂？", "是我", "好", "嗯"])
@pytest.mark.parametrize("script", ["generic", "guardian_call"])
def test_only_the_first_asking_can_be_cut_short_by_speech(script: str, sound: str) -> None:
    call = Call(published=LIBRARY.latest(script)).take("answered human")
    assert interrupted(call)
    say(call, sound, 800)
    assert call.node == "opening" and not interrupted(call)
    assert interrupted(call.take("key 1")), "who they are is known"


def test_who_asks_to_hear_it_again_hears_it_to_its_end() -> None:
    call = Call().take("answered human")
    call.take("say 再说一遍")
    assert call.node == "opening" and not interrupted(call)


def test_the_words_that_follow_can_be_cut_short_however_often_they_are_said() -> None:
    call = Call().take("answered human", "key 1", "silence")
    assert call.node == "code" and interrupted(call)


@pytest.mark.parametrize("said", ["好", "好吧", "行，你说", "ok"])
@pytest.mark.parametrize("keys", [(), ("key 1",), ("key 1", "key 1")])
def test_consent_answers_no_menu_that_asks_for_none_however_late_it_is_said(said: str, keys: tuple[str, ...]) -> None:
    call = Call("en" if said.isascii() else "zh-CN").take("answered human", *keys)
    at = call.node
    assert call.take(f"say {said}").node == at


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "好"), ("en", "ok")])
def test_consent_answers_what_asks_for_it(language: str, said: str) -> None:
    told = VARIABLES[language] | {"guardian_ready": True}
    call = Call(language, variables=told).take("answered human", "key 1", "key 1", "key 3", f"say {said}")
    assert call.conversation.wishes == {Wish.GUARDIAN}
    guardian = Call(language, published=LIBRARY.latest("guardian_call")).take("answered human", f"say {said}")
    assert guardian.node == "choice"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("unhurried", [False, True])
def test_a_listener_is_never_taken_for_the_customer(language: str, unhurried: bool) -> None:
    dice = random.Random(7)
    for _ in range(60):
        call = Call(language, unhurried=unhurried).take("answered human")
        while not call.conversation.finished and call.conversation.contact is Contact.UNVERIFIED_HUMAN:
            over_the_words(call, dice.choice(SOUNDS[language]), dice.randint(400, 6000))
        assert call.conversation.contact is not Contact.RIGHT_PARTY


@pytest.mark.parametrize("unhurried", [False, True])
def test_a_customer_who_speaks_over_the_greeting_is_understood_when_asked_again(unhurried: bool) -> None:
    """Half of them were called another time: each sound cut short what they were to answer."""
    call = Call(unhurried=unhurried).take("answered human")
    for said in ("喂？", "是我，你说", "是我"):
        over_the_words(call, said, 900)
    assert call.node == "code"


TALK_ON = "可以|可以，你说|能|方便|方便，你说|当然可以|有|sure|of course|certainly|absolutely|can la"


@pytest.mark.parametrize("said", TALK_ON.split("|"))
@pytest.mark.parametrize("keys", [(), ("key 1",), ("key 1", "key 1")])
def test_who_lets_us_talk_has_not_said_who_they_are(said: str, keys: tuple[str, ...]) -> None:
    """Each of them was a yes: three of 可以 identified a stranger, matched the code and named the transfer."""
    call = Call("en" if said.isascii() else "zh-CN").take("answered human", *keys)
    at = call.node
    assert call.take(f"say {said}").node == at
    asks_consent = Call("en" if said.isascii() else "zh-CN", published=LIBRARY.latest("guardian_call"))
    assert asks_consent.take("answered human", f"say {said}").node == "choice"
    assert Call("en" if said.isascii() else "zh-CN").to_question().take(f"say {said}").conversation.answers


FETCHES = "he's here|he is here, hold on|yes he's here, one moment|he is here now, let me get him"


@pytest.mark.parametrize("said", FETCHES.split("|"))
def test_who_fetches_the_customer_is_waited_for(said: str) -> None:
    """It was taken for "I am watched", and the call ended before the customer came."""
    call = Call("en").take("answered human", f"say {said}")
    assert call.node == "opening" and not call.conversation.finished and not call.findings.cannot_talk
    assert call.conversation.contact is Contact.UNVERIFIED_HUMAN
    known = Call("en").take("answered human", "key 1", f"say {said}")
    assert known.findings.cannot_talk, "who is known to be the customer is not alone"


@pytest.mark.parametrize("said", ["he's here with me", "they are here now", "someone's here"])
def test_who_is_not_alone_is_heard_at_the_greeting_too(said: str) -> None:
    assert Call("en").take("answered human", f"say {said}").findings.cannot_talk
