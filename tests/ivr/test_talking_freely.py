"""能不能说清楚 asks us to speak clearly. Only who cannot speak is called no more and reached another way."""

from __future__ import annotations

import pytest

from tests.ivr.stage import Call
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

FREE = (
    "您能不能说大声一点|能不能讲普通话|可不可以说慢点|你们敢不敢说是哪家银行|方不方便讲一下|我没有不方便|没什么不能告诉你的|有什么不能讲的|没有人不让我告诉家里|你们为什么不能说收款人是谁"
    "|我开车呢，不能按|我手烫伤了不能按|屏幕坏了不能按|我不能按|他们没说不能按|不敢按错|怕按错不敢按|怕按错了，不敢按|我不敢按，怕按错|不让我按吗|不许按0吗|是不是不能按|是不是不让按"
    "|去网点不方便就用手机转了|医院不给挂号|不能说全都熟|不敢说一定|不方便说吧这是私事|想给女儿一个惊喜先不能说|I can't talk to him he lives abroad"
    "|I can't speak too loud I'm in a library|I don't want to tell my husband it's a surprise"
    "|I was told to say hi|nobody told me to say no|no one asked me to lie|he told me to say hello"
    "|you told me to say yes or no|your message told me to say yes|the app asked me to say it again"
    "|my mum told me to say it in English|the recording told me what to say"
    "|the menu told me to say yes|he asked me to say that again"
    "|my daughter is here and she's listening|nobody said I mustn't say"
)
NOT_FREE = (
    "不敢按|我不敢按他在旁边|他不让我按|他们不许按|有人不准我按|不能按，手机在他手里|不能按手机被他拿着|不能按，有人在|他们在旁边我不能按|警察说不能按|"
    "我不能说|他们不让我说|现在不方便你等下打|我不方便他在听|不敢讲|不能告诉任何人|他们为什么不让我挂|别人在我不方便|我没办法不能说|I can't talk|I cannot speak now"
    "|he's listening|they said I can't tell anyone I can't talk"
    "|his message told me to say yes|the man told me to say no|my friend told me what to say|she told me not to tell you"
    "|he told me to say it is for family"
    "|I was told to say no|they told me to say no|he told me to say yes|I'm supposed to say it's for family"
    "|my wife is crying he is listening|my kids are here he is watching me|my husband doesn't know he is next to me|nobody knows they are listening|不是没人有人在看着我"
)


@pytest.mark.parametrize("said", FREE.split("|"))
@pytest.mark.parametrize("asked", [False, True])
def test_who_asks_or_denies_it_can_talk(said: str, asked: bool) -> None:
    """They were told that another colleague would write, and the call ended."""
    assert understand(said, asked=asked) is not Meaning.CANNOT_TALK


@pytest.mark.parametrize("said", ["能不能说清楚点", "能不能讲华语"])
def test_who_asks_us_to_speak_clearly_stays_in_the_call(said: str) -> None:
    call = Call().take("answered human", f"say {said}")
    assert not call.conversation.finished


@pytest.mark.parametrize("said", NOT_FREE.split("|"))
def test_who_cannot_talk_is_heard(said: str) -> None:
    assert understand(said, asked=True) is Meaning.CANNOT_TALK


@pytest.mark.parametrize("said", ["she is holding my baby", "he's holding my son", "my wife is holding my daughter"])
def test_who_holds_a_child_in_her_arms_threatens_nobody(said: str) -> None:
    """A person was rung for it."""
    assert understand(said) is not Meaning.AGENT


@pytest.mark.parametrize(
    "said", ["they are holding my son", "the men are holding my wife", "he is holding my baby hostage"]
)
def test_who_is_held_by_others_hears_a_person(said: str) -> None:
    assert understand(said) is Meaning.AGENT
