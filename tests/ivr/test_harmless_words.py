"""Everyday words near a threat, despair or deceit are none: a wish to stop is heard, and an apology starts no rescue."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, Call
from tests.ivr.test_too_soon import say
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.nlu import speech
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

CANCELS = (
    "我要取消，怎么办理|取消，怎么办理啊|我不转了，需要怎么办手续|我想取消这笔转账，要怎么办|我不转了，那我的钱怎么办|我不转了那我的钱怎么办|取消吧，会影响征信吗"
    "|取消吧会不会影响征信|取消吧，对我有没有后果|取消，要不要赔钱|不转了，要赔钱吗|取消吧，他说他会来找我我也不怕|不转了，他们说要抓我，我不信|取消，定金退不退|取消吧，客服告诉我的|不转了，他说寄过来了其实没有|不转了，不会有事吧|不转了，我有事"
    "|please cancel it, what will happen to my money|cancel it, will I get my money back|cancel it, what about the fee"
    "|I want to cancel, how will I get the money|cancel it, my husband said he will take care of it"
    "|cancel it, my son will come and help me|cancel it, he said he will send me the goods|cancel it, will they charge me"
    "|cancel it, but I have to pay the rent tomorrow|cancel it, but I have to pay another one"
    "|cancel it, but they said it's fine|cancel it, can I get my money back|don't pay it, my company will send another"
    "|don't pay, the man is a scammer, he will come back|cancel it, will they give me a refund"
    "|I won't pay, they will arrest me, I don't believe them|cancel it, how do I get it back"
)
KEEPS = (
    "快停|先不要放款|先停着，我问问我儿子怎么办|先停着，我再想想怎么办|我考虑一下怎么办|hold it, let me ask my son what will happen"
    "|wait, the police said they will come|先停着，警察已经告诉我了"
)
STILL_IN_DOUBT = (
    "不转了，我会怎么样|不转了怎么办|不转了会有后果|取消吧，会不会坐牢|不转了，照片怎么办|不转了，我女儿怎么办|不转了，我就违约了|取消了会影响征信吗"
    "|不转了，他们说要抓我，我不信也不行|I won't pay, will they come to my house|I won't pay, what if they find me"
    "|I won't pay, they'll send my photos to everyone|I won't pay, he'll tell my family|I won't pay, they will take my son"
    "|I won't pay, what would happen to my family|I won't pay, they will charge me with a crime"
    "|I won't pay, they will come|I won't send it what will happen|cancel it, what will they do to me|不转了会有事吗"
    "|I don't want to pay but I have to|I don't want to pay but he said I must"
)


@pytest.mark.parametrize("said", CANCELS.split("|"))
@pytest.mark.parametrize("asked", [False, True])
def test_a_wish_to_stop_with_a_harmless_question_behind_it_cancels(said: str, asked: bool) -> None:
    """The menu asked twice more, and then the call gave up."""
    assert understand(said, asked=asked) is Meaning.CANCEL


@pytest.mark.parametrize("said", KEEPS.split("|"))
def test_a_wish_to_wait_with_a_harmless_question_behind_it_waits(said: str) -> None:
    assert understand(said) is Meaning.KEEP


@pytest.mark.parametrize("said", STILL_IN_DOUBT.split("|"))
def test_a_question_that_names_the_harm_leaves_the_wish_in_doubt(said: str) -> None:
    assert understand(said) not in {Meaning.CANCEL, Meaning.KEEP}


def test_who_asks_for_money_back_without_a_wish_to_stop_has_paid() -> None:
    assert understand("can I get my money back") is Meaning.ALREADY_PAID
    assert understand("I sent half, cancel it, can I get it back") is Meaning.ALREADY_PAID


APOLOGIES = (
    "对不起，我儿子在旁边|对不起我儿子在旁边|对不起孩子在哭|对不起我老婆在睡觉，你说|对不起我爸在睡觉|对不起，我老婆|天气太热受不了了|你们烦得我受不了了"
    "|你们烦得我要疯了|I'm tired of life insurance calls|I hate my life insurance"
)
DESPAIRS = (
    "对不起孩子|我对不起孩子|我真的对不起我老婆|我对不起爸妈|对不起我儿子，我走了|我对不起孩子让他受苦|受不了了|我真的受不了了|唉，受不了了啊|真的受不了了"
    "|我要疯了|I hate my life|I hate my life, I really do|I'm tired of life|I'm tired of life now|I can't do this any more"
)


@pytest.mark.parametrize("said", APOLOGIES.split("|"))
def test_an_apology_or_annoyance_is_no_despair(said: str) -> None:
    assert understand(said) is not Meaning.DISTRESS


@pytest.mark.parametrize("said", DESPAIRS.split("|"))
def test_despair_in_the_same_words_is_heard(said: str) -> None:
    assert understand(said) is Meaning.DISTRESS


NO_WORRY = (
    "诈骗电话|骗子吧|骗人的|又是骗局|我觉得是诈骗电话|该怎么办就怎么办|公司要付货款，不付就违约|scam|is it a scam?|it's a scam?|no fraud here|he is no scammer|"
    "the fraud department?|what would he need|will he be ok|how will I know|he needs to help him"
    "|he told me he will pay the rent, we will lose the deposit|打不通你们客服|你们电话占线|担心打扰他上班|我怕他在忙|这笔糊涂账|她不痴呆|没有不听劝"
    "|I'm not worried|his line is busy because he talks to me|she isn't confused"
)
WORRY = (
    "我妈遇到骗子了|我爸被骗|他遇到诈骗了|对方是骗子|她上当了|怎么办|我怕是骗局|he fell for a scam|my mum was tricked|I'm afraid it's a fraud"
    "|they will come to his house and arrest him|他怎么办|她会怎么样|他会不会有事|will he be arrested"
    "|what will happen to her|别让她汇款|不能给他转|你们先停了她的卡|劝不动他|她谁的话都不听|我妈有点痴呆|他在网上跟人谈恋爱|她最近怪怪的|快拦住"
    "|don't let him pay|please hold it|she has dementia|he met a lady online|something sounds wrong|this is not like her"
    "|she gets confused"
)


def to_a_guardian(said: str) -> Call:
    call = Call("en" if said.isascii() else "zh-CN", published=LIBRARY.latest("guardian_call"))
    return call.take("answered human", "key 1", f"say {said}")


@pytest.mark.parametrize("said", NO_WORRY.split("|"))
def test_a_guardian_who_takes_our_call_for_a_scam_is_asked_again(said: str) -> None:
    """It was recorded that they fear for the customer."""
    assert to_a_guardian(said).node == "choice"


@pytest.mark.parametrize("said", WORRY.split("|"))
def test_a_guardian_who_names_who_is_deceived_is_worried(said: str) -> None:
    assert "guardian_worried" in to_a_guardian(said).conversation.flags


SOON = {
    "zh-CN": ("喂？", "什么？", ("是我", "是我本人", "对，是我")),
    "en": ("hello?", "what?", ("speaking", "yes, that's me")),
}


@pytest.mark.parametrize(("language", "me"), [(tongue, me) for tongue, (_, _, ways) in SOON.items() for me in ways])
@pytest.mark.parametrize("unhurried", [False, True])
def test_who_called_out_and_then_says_who_they_are_a_little_soon_is_asked_once_more(
    language: str, me: str, unhurried: bool
) -> None:
    """They were hung up on: two "hello?" had used up all askings."""
    hello, what, _ = SOON[language]
    call = Call(language, unhurried=unhurried).take("answered human")
    for said in (hello, what, hello) if unhurried else (hello, what):
        say(call, said, 1500)
    assert say(call, me, 1500).node == "opening" and call.conversation.contact is Contact.UNVERIFIED_HUMAN
    assert call.take(f"say {me}").node == "code"


@pytest.mark.parametrize("unhurried", [False, True])
def test_who_says_who_they_are_over_every_greeting_is_called_another_time(unhurried: bool) -> None:
    call = Call(unhurried=unhurried).take("answered human")
    for _ in range(5 if unhurried else 4):
        assert not call.conversation.finished
        say(call, "是我", 500)
    assert call.conversation.finished and call.conversation.contact is Contact.UNVERIFIED_HUMAN


def test_a_clear_wish_to_stop_ends_the_call_with_it() -> None:
    call = Call().to_question().take("key 1", "key 1", "key 2")
    assert call.node == "closing"
    assert call.take("say 我要取消，怎么办理").findings.outcome is Outcome.DISSUADED


@pytest.mark.parametrize("said", ["取消", "cancel it "])
def test_one_wish_to_stop_is_enough_however_often_it_is_said(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """2,000 characters of 取消 took 0.2 s: each was examined."""
    examined: list[str] = []
    monkeypatch.setattr(speech, "threatened", examined.append)
    assert understand(said * (2000 // len(said))) is Meaning.CANCEL
    assert len(examined) == 1
