"""是我 answers "who is speaking?" and nothing else: it matches no code and meets no payee."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, VARIABLES, Call
from tests.ivr.test_too_soon import began_to_ask, say
from wakeup.domain.outcome import Contact
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.scoring import HEARD_SHARE
from wakeup.ivr.wording import speaking_ms

ME = {
    "zh-CN": ("是我", "是我，你说", "喂，是我", "本人", "我自己", "对，是我", "係我"),
    "en": ("it's me", "yes it's me", "speaking", "me", "this is me"),
}
SAID = [(language, said) for language, words in ME.items() for said in words]


@pytest.mark.parametrize(("language", "said"), SAID)
def test_it_identifies_where_the_phone_or_the_payment_is_asked_about(language: str, said: str) -> None:
    assert Call(language).take("answered human", f"say {said}").node == "code"
    assert Call(language).take("answered human", "key 1", "key 1", f"say {said}").node == "q1"
    asked_first = Call(language, 1).to_question().take(f"say {said}")
    assert asked_first.conversation.answers[0].meaning is Meaning.YES, "were you the one who began it?"


@pytest.mark.parametrize(("language", "said"), SAID)
def test_over_the_greeting_it_identifies_no_customer(language: str, said: str) -> None:
    """It is how people answer any call."""
    call = Call(language).take("answered human")
    greeting = call.heard
    assert say(call, said, 2000).heard == greeting
    assert call.conversation.contact is Contact.UNVERIFIED_HUMAN and not call.conversation.live


@pytest.mark.parametrize(("language", "said"), SAID)
def test_it_matches_no_code_goes_on_with_no_call_and_tells_no_guardian(language: str, said: str) -> None:
    assert Call(language).take("answered human", "key 1", f"say {said}").node == "code"
    without = {name: value for name, value in VARIABLES[language].items() if name != "call_code"}
    assert Call(language, variables=without).take("answered human", "key 1", f"say {said}").node == "identity"
    told = VARIABLES[language] | {"guardian_ready": True}
    call = Call(language, variables=told).take("answered human", "key 1", "key 1", "key 3", f"say {said}")
    assert call.node == "tell" and not call.conversation.wishes


@pytest.mark.parametrize(("language", "said"), SAID)
def test_it_reassures_at_no_question_that_asks_something_else(language: str, said: str) -> None:
    call = Call(language).to_question().take("key 1", "key 2", f"say {said}")
    assert call.node == "plain_3" and len(call.conversation.answers) == 2, "have you met them? asked again"
    warns = Call(language).to_question().take("key 1", f"say {said}")
    assert warns.conversation.answers[1].meaning is Meaning.YES, "a yes that warns counts"


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "好"), ("zh-CN", "我同意"), ("zh-CN", "好吧"), ("en", "ok")])
def test_consent_reassures_at_no_question(language: str, said: str) -> None:
    """To "have you met them?", 好 says that they will do as they are told."""
    call = Call(language).to_question().take("key 1", "key 2", f"say {said}")
    assert call.node == "plain_3" and len(call.conversation.answers) == 2
    warns = Call(language).to_question().take(f"say {said}")
    assert warns.conversation.answers[0].meaning is Meaning.YES, "a yes that warns counts"
    payment = Call(language).take("answered human", "key 1", "key 1", f"say {said}")
    assert payment.node == "payment", "is the payment yours? That asks for no consent either"


def test_speaking_is_no_answer_to_what_they_did_themselves() -> None:
    call = Call("en", published=LIBRARY.latest("police_imp")).to_question().take("key 1", "key 1", "say speaking")
    assert len(call.conversation.answers) == 2, "have you called the police yourself?"


@pytest.mark.parametrize(
    "said",
    [
        "是我儿子让我转的",
        "是我自己要转的",
        "是我老公叫我转的",
        "是我，我儿子让我转的",
        "it's me who decided",
        "it's my son who told me to pay",
    ],
)
def test_a_longer_sentence_that_begins_with_it_identifies_nobody(said: str) -> None:
    for asked in (False, True):
        assert understand(said, asked=asked) not in {Meaning.YES, Meaning.RELATIVE}
    call = Call("en" if said.isascii() else "zh-CN").take("answered human", f"say {said}")
    assert call.node == "opening" and call.conversation.contact is Contact.UNVERIFIED_HUMAN


@pytest.mark.parametrize("said", ["他在医院", "他去世了", "she's in hospital", "he passed away"])
def test_somebody_who_cannot_come_is_away(said: str) -> None:
    call = Call("en" if said.isascii() else "zh-CN").take("answered human", f"say {said}")
    assert call.findings.contact is Contact.THIRD_PARTY


@pytest.mark.parametrize("said", ["我妈在医院要用钱", "my mum is in hospital and needs it"])
def test_a_story_of_need_is_no_other_persons_phone(said: str) -> None:
    assert Call("en" if said.isascii() else "zh-CN").take("answered human", f"say {said}").node == "opening"


def heard_its_beginning(call: Call) -> int:
    """Return a moment when more than half of a menu's first offer was spoken, and not yet all of it."""
    words = call.turns[-1].utterances[-1].text
    offer = min(speaking_ms(words) * HEARD_SHARE, speaking_ms(words.partition("1")[0]))
    return began_to_ask(call, 1) + int(offer * 0.75)


@pytest.mark.parametrize(
    ("language", "yes", "asks"),
    [("zh-CN", "对", "这笔转账，是您自己操作的"), ("en", "yes", "If you made this payment yourself")],
)
@pytest.mark.parametrize("unhurried", [False, True])
def test_a_customer_who_answered_too_soon_hears_what_is_asked(
    language: str, yes: str, asks: str, unhurried: bool
) -> None:
    """ "Take a moment to think. If you made it yourself" left them to guess what it was."""
    soon = Call(language, unhurried=unhurried).take("answered human", "key 1", "key 1")
    say(soon, yes, heard_its_beginning(soon))
    assert asks in soon.heard and "大约" not in soon.heard and "about" not in soon.heard
    missed = Call(language, unhurried=unhurried).take("answered human", "key 1", "key 1")
    everything = missed.heard
    assert say(missed, yes, 1500).heard == everything
    assert asks in say(missed, yes, 1500).heard


@pytest.mark.parametrize("script", ["generic", "police_imp", "romance"])
def test_every_customers_script_asks_again_in_the_words_that_ask(script: str) -> None:
    for node, acts in (("opening", ()), ("code", ("key 1",)), ("payment", ("key 1", "key 1"))):
        call = Call(published=LIBRARY.latest(script)).take("answered human", *acts)
        asked = call.turns[-1].utterances[-1].text
        say(call, "对", heard_its_beginning(call))
        assert call.node == node and call.heard == asked
