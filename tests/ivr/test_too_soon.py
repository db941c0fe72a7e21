"""A listener's 嗯 or 好 while we speak is no answer: it identifies no customer, clears no transfer, tells no guardian."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, VARIABLES, Call
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.conversation import Wish
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import Question
from wakeup.ivr.scoring import TRANSFER_NAMED
from wakeup.ivr.turn import SPEECH_PAUSE_S, Speech
from wakeup.ivr.wording import speaking_ms

CHINESE = ("嗯", "好", "好，您说", "行，你说", "好，怎么了", "方便，您说", "对", "是", "就是", "就是就是")
ENGLISH = ("ok", "yes", "yes it is", "yes I do", "can lah")
BACKCHANNELS = CHINESE + ENGLISH


def say(call: Call, said: str, heard_ms: int) -> Call:
    """Speak until this much of our words was heard. The provider reports it after a pause."""
    return call.take(Speech(said, elapsed_ms=heard_ms + SPEECH_PAUSE_S * 1000))


def began_to_ask(call: Call, prompts_before: int) -> int:
    return sum(speaking_ms(one.text) for one in call.turns[-1].utterances[:prompts_before])


@pytest.mark.parametrize("said", BACKCHANNELS)
def test_a_sound_over_the_greeting_identifies_no_customer(said: str) -> None:
    call = Call("en" if said in ENGLISH else "zh-CN").take("answered human")
    greeting = call.heard
    say(call, said, 3000)
    assert call.heard == greeting and call.conversation.contact is Contact.UNVERIFIED_HUMAN
    assert not call.conversation.live
    say(call, said, 3000)
    assert call.node == "opening" and call.heard != greeting, "once more, and only what to press"


def test_the_same_word_identifies_the_customer_once_they_have_heard_the_question() -> None:
    call = Call().take("answered human")
    asked = began_to_ask(call, 1)
    assert say(call, "是", asked + 1500).node == "opening", "这个号码要是: the beginning of it"
    assert say(call, "是", 1700).node == "code", "given again"
    assert say(Call().take("answered human"), "是", asked + 4000).node == "code"


@pytest.mark.parametrize("unhurried", [False, True])
def test_who_called_out_twice_and_then_answers_a_little_soon_is_understood(unhurried: bool) -> None:
    call = Call(unhurried=unhurried).take("answered human")
    for _ in range(2):
        assert say(call, "喂？什么？", 2000).heard.startswith("您好")
    assert say(call, "是", began_to_ask(call, 1) + 1500).node == "code"


@pytest.mark.parametrize("unhurried", [False, True])
@pytest.mark.parametrize("said", ["好", "对", "ok"])
@pytest.mark.parametrize("heard_ms", [800, 1000])
def test_who_makes_sounds_at_every_greeting_is_called_another_time(said: str, heard_ms: int, unhurried: bool) -> None:
    """Asked in short, the question had to be heard again: three sounds identified, and three more matched the code."""
    language = "en" if said in ENGLISH else "zh-CN"
    call = Call(language, unhurried=unhurried).take("answered human")
    for _ in range(4 if unhurried else 3):
        assert call.conversation.contact is Contact.UNVERIFIED_HUMAN and not call.conversation.finished
        say(call, said, heard_ms)
    assert call.conversation.finished and call.conversation.contact is Contact.UNVERIFIED_HUMAN
    call = Call(language, unhurried=unhurried).take("answered human", "key 1")
    for _ in range(3):
        assert say(call, said, heard_ms).node != "payment"


def test_a_sound_between_greeting_and_question_is_not_given_again() -> None:
    call = Call().take("answered human")
    say(call, "好", began_to_ask(call, 1) + 400)
    assert call.heard.startswith("您好"), "of the question they have heard nothing"
    assert say(call, "好", 1000).node == "opening"


@pytest.mark.parametrize("unhurried", [False, True])
def test_a_slow_yes_that_comes_while_a_menu_is_asked_again_counts(unhurried: bool) -> None:
    """After a silence they have heard all of it; another sound in between may have come over it."""
    call = Call(unhurried=unhurried).take("answered human", "silence")
    assert say(call, "是", 500).node == "code"
    call = Call(unhurried=unhurried).take("answered human", "silence", "silence")
    assert say(call, "是", 500).node == "code"
    call = Call(unhurried=unhurried).take("answered human", "silence")
    assert say(call, "嗯", 500).node == "opening" and say(call, "是", 500).node != "code"


def test_a_silence_at_the_question_before_hears_nothing_of_a_menu() -> None:
    call = Call().to_question().take("key 2", "key 2", "silence", "silence")
    assert call.node == "closing" and call.conversation.silences
    told = VARIABLES["zh-CN"] | {"guardian_ready": True}
    call = Call(variables=told).take("answered human", "key 1", "key 1", "key 3")
    call.conversation = replace(call.conversation, silences=2)
    assert say(call, "好", 500).node == "tell"


def test_a_hum_answers_no_menu() -> None:
    assert Call().take("answered human", "say 嗯").node == "opening"
    assert Call().take("answered human", "key 1", "say 嗯嗯").node == "code"
    payment = Call().take("answered human", "key 1", "key 1", "say 嗯")
    assert payment.node == "payment" and TRANSFER_NAMED not in payment.conversation.flags


def test_a_sound_over_the_code_matches_nothing_but_a_comparison_does() -> None:
    at_the_code = ("answered human", "key 1")
    assert say(Call().take(*at_the_code), "对", 3000).node == "code"
    assert say(Call().take(*at_the_code), "就是", 3000).node == "code"
    assert say(Call("en").take(*at_the_code), "yes it is", 3000).node == "code"
    assert say(Call().take(*at_the_code), "一样", 12_000).node == "payment"
    assert say(Call("en").take(*at_the_code), "they match", 12_000).node == "payment"


def test_a_sound_discloses_nothing_to_a_guardian() -> None:
    told = VARIABLES["zh-CN"] | {"guardian_ready": True}
    for said in ("嗯", "好", "行"):
        call = Call(variables=told).take("answered human", "key 1", "key 1", "key 3")
        say(call, said, 500)
        assert call.node == "tell" and not call.conversation.wishes
        assert say(call, "好", 1000).node != "tell" and not call.conversation.wishes, (
            "还有一件事: what, they do not know"
        )
    call = say(Call(variables=told).take("answered human", "key 1", "key 1", "key 3"), "好", 500)
    say(call, "好", speaking_ms(call.turns[-1].utterances[-1].text) // 2)
    assert call.conversation.wishes == {Wish.GUARDIAN}, "asked again they agree to what they have heard"


def test_a_sound_over_the_words_to_a_guardian_names_no_customer() -> None:
    call = Call(published=LIBRARY.latest("guardian_call")).take("answered human")
    assert say(call, "好，您说", 3000).node == "opening"


def test_a_no_over_the_words_of_the_payment_warns_at_once() -> None:
    """没有啊, I have not made a payment: nobody waits for the question."""
    call = Call().take("answered human", "key 1", "key 1")
    assert say(call, "没有啊", 3000).findings.outcome is Outcome.NOT_ME


def test_sounds_over_the_questions_clear_no_payment() -> None:
    """嗯 to the introduction, then 没有 to two questions not yet heard, were three harmless answers."""
    call = Call(variant=1, published=LIBRARY.latest("police_imp")).to_question()
    for said, heard_ms in (("嗯", 3000), ("嗯", 3000), ("没有", 1000), ("没有", 1000), ("没有", 1000), ("没有", 1000)):
        say(call, said, heard_ms)
    call.take("key 3", "key 1")
    assert call.findings.outcome is not Outcome.CONSISTENT


def test_an_answer_before_its_question_was_heard_is_asked_for_again() -> None:
    call = Call().to_question()
    first = call.heard
    assert say(call, "没有", 2000).heard == first, "they missed the introduction, too"
    call = Call().to_question()
    say(call, "没有", began_to_ask(call, 2) + 1000)
    assert call.node == "q1" and call.heard.startswith("第一个问题") and not call.conversation.answers
    call.take("say 没有")
    assert call.conversation.answers[0].meaning is Meaning.NO and not call.conversation.answers[0].early


@pytest.mark.parametrize("sound", ["哎哎", "再说一遍", "English please"])
def test_what_is_asked_again_after_a_sound_was_not_heard_for_certain(sound: str) -> None:
    """The sound came over the question, and the answer over "I did not understand": three of them cleared a payment."""
    call = Call(variant=1, published=LIBRARY.latest("police_imp")).to_question()
    for said in ("对", "没有", "不是"):
        for words, heard_ms in ((sound, 2500), (said, 2300), (said, 2300)):
            say(call, words, heard_ms)
    assert all(answer.meaning is None or answer.early for answer in call.conversation.answers)
    call.take("key 3", "key 1")
    assert call.findings.outcome is not Outcome.CONSISTENT


@pytest.mark.parametrize("sound", ["哎哎", "什么？"])
@pytest.mark.parametrize("variant", range(3))
def test_who_needs_time_hears_the_question_again_however_often_they_were_not_understood(
    variant: int, sound: str
) -> None:
    """说不准，请按3 alone was no question: a 没有 over it was a full answer, and three of them released a payment."""
    call = Call(variant=variant, published=LIBRARY.latest("police_imp"), unhurried=True).to_question()
    for _ in range(3):
        node = call.published.script.nodes[call.node]
        assert isinstance(node, Question)
        wording = node.variants[variant]
        for _ in range(2):
            say(call, sound, 1500)
            assert wording.prompt in call.conversation.said
        assert call.heard.endswith("说不准，请按3。") or sound == "什么？"
        say(call, "没有" if wording.risk is Meaning.YES else "有", 300)
        if call.node == "q1" or call.published.script.nodes[call.node] is node:
            call.take("say 阿巴")
    assert all(answer.meaning is None or answer.early for answer in call.conversation.answers)
    call.take("key 3", "key 1")
    assert call.findings.outcome is not Outcome.CONSISTENT


def test_who_needs_time_and_is_silent_again_hears_only_the_third_key() -> None:
    call = Call(unhurried=True).to_question().take("silence", "silence")
    assert call.heard == "说不准，请按3。"
    say(call, "没有", 500)
    assert call.conversation.answers[0].meaning is Meaning.NO and not call.conversation.answers[0].early


def test_an_answer_that_comes_while_the_question_is_asked_again_counts() -> None:
    """Slow callees answer when we ask again."""
    call = Call().to_question().take("silence")
    say(call, "没有", 500)
    assert call.conversation.answers[0].meaning is Meaning.NO and not call.conversation.answers[0].early


def test_one_word_twice_before_each_question_was_heard_is_coached() -> None:
    call = Call(variant=1).to_question()
    for prompts_before in (2, 0, 0):
        say(call, "没有", began_to_ask(call, prompts_before) + 300)
        say(call, "没有", 300)
    assert all(answer.early for answer in call.conversation.answers) and call.findings.outcome is Outcome.COACHED


def test_a_hum_answers_a_question_that_was_heard() -> None:
    call = Call().to_question()
    say(call, "嗯", call.conversation.spoken_ms + 500)
    assert call.conversation.answers[0].meaning is Meaning.YES


def test_a_hum_that_warns_counts_from_the_end_of_the_question() -> None:
    """嗯 over 说不准，请按3 accuses, but where a yes reassures it counts only after all our words."""
    call = Call(published=LIBRARY.latest("police_imp")).to_question()
    end = began_to_ask(call, len(call.turns[-1].utterances) - 1)
    say(call, "嗯", end - 300)
    assert not call.conversation.answers, "over the question it is the sound of a listener"
    call = Call(published=LIBRARY.latest("police_imp")).to_question()
    say(call, "嗯", end + 300)
    assert call.conversation.answers[0].meaning is Meaning.YES and call.conversation.answers[0].weight == 1
    call = Call(variant=1, published=LIBRARY.latest("police_imp")).to_question()
    say(call, "嗯", call.conversation.spoken_ms - 500)
    assert call.node == "q1" and not call.conversation.answers, "here yes reassures"


def test_who_has_heard_the_first_offer_of_a_menu_need_not_say_it_again() -> None:
    """两边一样，请按1 is a third of what the menu says, so 对 right after it was asked for again."""
    for language, yes in (("zh-CN", "对"), ("en", "yes")):
        call = Call(language).take("answered human", "key 1")
        offer = speaking_ms(call.turns[-1].utterances[-1].text.partition("1")[0])
        said_soon = began_to_ask(call, 1) + offer
        assert say(call, yes, said_soon + 200).node == "payment"
        call = Call(language).take("answered human", "key 1")
        assert say(call, yes, said_soon - 500).node == "code"
