"""Despair, money that has gone, threats and worry are heard also beside words that are harmless elsewhere."""

from __future__ import annotations

from time import process_time

import pytest

from tests.ivr.stage import LIBRARY, Call
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nlu.worry import fears

DESPAIR = (
    "压力太大受不了了|每天被催债受不了了|他们逼得我受不了了|他们逼得我要疯了|他们逼得我快崩溃了|我也受不了了|我一个人受不了了|我太累了受不了了"
    "|对不起，爸妈，我走了|对不起,妈,我先走了|对不起老婆我先走了|对不起，孩子|我觉得对不起孩子|我最对不起我老婆|我对不起孩子把钱都赔光了"
    "|我对不起我女儿我不是个好妈妈|I hate my life right now|I hate my life lah|I hate my life it's over"
    "|I hate my life because of this|I'm tired of life because of debt"
)
PAID = (
    "I tried to cancel but it went through, how can I get it back|it's too late to cancel, how can I get my money back"
    "|I forgot to cancel, can I get it back|I clicked cancel but it's gone, can I get it back"
    "|I couldn't cancel it, can I get my money back"
)
THREATENED = (
    "不转了他们会抓我我不怕才怪|不转了他们会抓我我不怕吗|不转了他们会抓我我怎么不怕|不转了他们会抓我不怕一万就怕万一|不转了他们要抓我他说不怕麻烦"
    "|不转了他们会打我他不怕|不转了他们要抓我我不怕但是他们会害我儿子|不转了被抓了怎么办|不转了警察来了怎么办|不转了他们来了怎么办"
    "|不转了裸照怎么办|不转了那些照片怎么办|不转了孩子会怎么样|不转了我老公会怎么样|不转了妈妈会有事"
    "|I won't pay they will hurt my family I don't care about myself"
    "|I won't pay, they'll post my photos, I don't believe they won't|I won't pay, they will come tonight"
    "|I won't pay, what about my son|I won't pay, what about my photos|I won't pay, what will happen now"
    "|I don't want to pay but I have to send the money|I don't want to pay but I have to transfer it"
    "|I don't want to pay but I have to or they arrest me|I don't want to pay but I must pay right now"
    "|I don't want to pay but he is with me|I don't want to pay but he said don't stop"
    "|I don't want to pay but they will be angry"
)
WORRIED = (
    "我妈接到诈骗电话|骗子在骗她|骗子让我妈转账|有骗子在骗他|现在怎么办他不听我的|我爸爸会怎么样|我妈遇到骗子了吧|scammers are on the phone with her"
    "|a scammer called my mother|she got a scam call|they will take her money|they'll come to her house"
    "|what about my mum"
)


@pytest.mark.parametrize("said", DESPAIR.split("|"))
def test_despair_is_heard(said: str) -> None:
    assert understand(said) is Meaning.DISTRESS
    assert understand(said, asked=True) is Meaning.DISTRESS


@pytest.mark.parametrize("said", PAID.split("|"))
def test_who_could_not_cancel_has_paid(said: str) -> None:
    """Told that nothing had left them, they would have lost the time in which the bank can call the money back."""
    assert understand(said) is Meaning.ALREADY_PAID


@pytest.mark.parametrize("said", THREATENED.split("|"))
def test_who_is_threatened_has_not_decided(said: str) -> None:
    assert understand(said) not in {Meaning.CANCEL, Meaning.KEEP}
    call = Call("en" if said.isascii() else "zh-CN", published=LIBRARY.latest("police_imp"))
    call.take("answered human", "key 1", "key 1", f"say {said}")
    assert call.findings.outcome is not Outcome.DISSUADED


@pytest.mark.parametrize("said", WORRIED.split("|"))
def test_a_guardian_who_fears_for_them_is_worried(said: str) -> None:
    assert fears(said, 1.0)


@pytest.mark.parametrize("said", ["我" + "快要" * 24, "真的" * 1000, "取消" * 1000, "不转了，" * 500, "scam " * 400])
def test_a_word_that_is_said_again_and_again_costs_little(said: str) -> None:
    """快要 could be read in two ways each time: 24 of them took seconds, in which no other caller was answered."""
    # Processor time: on a busy machine wall time measures the machine.
    begun = process_time()
    understand(said)
    fears(said, 1.0)
    assert process_time() - begun < 1.0
