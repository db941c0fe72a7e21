"""Money that has gone is heard in the forms in which people say it, and not where another payment is meant."""

from __future__ import annotations

import pytest

from tests.ivr.answers import asked as asked_at
from tests.ivr.stage import misheard
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.plain_words import normal
from wakeup.ivr.nlu.speech import understand

GONE = (
    "转过去五万了|打过去三千块了|转走了两万|钱转过去有三天了|昨天转了八万|前天汇给他两万|上周给他们转了6万|陆陆续续一共转了十万|给平台转了两万了|显示付款成功|转账已经成功了|对方收到款了"
    "|他们已经收到了|银行卡里没钱了|账户都空了|钱被他们划走了|被取走了|钱都转给骗子了|转给那个人了|我汇款了|付完钱了|转完账了|已经赚过去了|钱赚走了|专出去了|扣了我两万|钱刚转出去"
    "|钱早就没了|血本无归了|钱追不回来了|they've taken my money|they emptied my account|my account is empty|all the money has been debited"
    "|the transfer went through|it has already gone through|my savings are gone|it's gone|I've sent 3000|I gave them my money"
    "|I wired it|I paid them yesterday|I sent it three times|there's nothing left in my account"
    "|首付已经转给他了|学费已经转给他了|房租钱都转走了|上次已经转了五万|上个月到现在已经转了五次|没有，付了|I already sent the rent to the scammer|I already paid him the deposit"
    "|I already sent him my rent money|I already sent him a message and the money|I already paid the tax|payment done|the payment is already done|so the payment was done|sorry, payment done already|I made the payment already"
    "|sir payment done|actually the payment is done|the transfer is done|I just paid|no the payment is done|all payments done|I've just paid them"
    "|I think the payment is done|I told you already, payment done|I've done the payment|now payment is done|付款完成了|钱转好了|支付已经完成了"
)
NOT_GONE = (
    "定金已经付了这是尾款|首付上个月交过了|房租已经付了|上次转过去了他就发货|我打过去了没人接|昨天打过去问清楚了|要转过去三万|还没转成功|转账成功率高吗|钱还没到账|对方没收到钱"
    "|等他收到货再说|卡里有钱|我昨天跟他聊了三次|一共三万|I already paid the deposit|I've already sent them an email|we paid half last month"
    "|if it went through I would know|it is gone well|I sent him a letter|my account is fine|I've sent him money before|it went through last time|when the payment is done|payment not done"
    "|I need this payment done|is the payment done|I want the payment done today|please get the payment done"
    "|make sure the payment is done|yes I made the payment already|the payment must be done"
    "|if the payment is done I will call|once the transfer is done|after the payment is done he will come|until the payment is done|is the transfer done"
    "|I can leave when the transfer is done|if I just paid them|he said payment done|I don't think the payment is done|等付款完成了再说|等付款完成了，我打给你"
    "|I just paid the deposit|I was told to get this transfer done"
)


def test_money_that_has_gone_is_heard() -> None:
    """They were asked again and again whether the payment is theirs, in the hour in which it can be called back."""
    assert not misheard(GONE, Meaning.ALREADY_PAID)


def test_another_payment_or_a_call_is_no_money_that_has_gone() -> None:
    wrong = {said: heard for said in NOT_GONE.split("|") if (heard := understand(said)) is Meaning.ALREADY_PAID}
    assert not wrong


@pytest.mark.parametrize("said", ["赚钱", "专门给他", "红砖", "赚了三万"])
def test_a_word_that_sounds_like_a_transfer_stays_itself_elsewhere(said: str) -> None:
    assert normal(said) == said


QUESTIONS = (
    ("generic", "q1.a"),
    ("generic", "q1.b"),
    ("police_imp", "q2.a"),
    ("police_imp", "q3.a"),
    ("loan_fee", "q2.a"),
)


def unheard(said: tuple[str, ...], language: str) -> dict[tuple[str, str, str], str | None]:
    """What leads elsewhere than to the end of a talk about money that has gone, at each question."""
    return {
        (script, question, one): node
        for script, question in QUESTIONS
        for one in said
        if (node := asked_at(script, question, language).take(f"say {one}").node) != "end_already_paid"
    }


def test_money_that_has_gone_is_heard_at_every_question() -> None:
    """By its form it is the verb of a question as its answer, which none asks for: it was asked again, and counted as
    not sure."""
    assert not unheard(("付过了", "转过了", "汇过了", "我转过了", "我付过了", "都转过了"), "zh-CN")


def test_money_that_was_sent_is_heard_at_every_question() -> None:
    assert not unheard(("I've sent it", "I sent it", "I already sent it"), "en")
