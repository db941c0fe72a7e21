"""A wish to stop is one where the payment is what is called off, whatever is denied beside it."""

from __future__ import annotations

import pytest

from tests.ivr.stage import LIBRARY, Call, misheard
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

SOMETHING_ELSE = (
    "对方让我取消那个会员|平台客服说帮我取消保障|不转的话取消不了贷款额度|人家叫我先取消直播再退款|我要转了才能取消|会员要怎么取消|扣费取消得掉吗|我想取消自动续费"
    "|为了取消授权|我取消了另一笔|上一笔取消了|取消了就没货了|取消了要扣押金|他们会帮我取消|要cancel会员|the man is helping me cancel a subscription"
    "|he says I need to pay so that I can cancel my plan|I have to send it to cancel the policy|she told me to cancel it"
    "|I must cancel my membership|cancel the dentist appointment|I have to cancel this contract"
    "|航班取消了|短信说我的航班取消了|车次取消了|火车票取消了|演唱会取消了|会议取消了|行程取消了|they cancel my flight|cancel the ticket"
    "|手续费能取消吗|把手续费取消一下|取消要手续费吗|取消手续费|手续费可以取消吗|能不能把手续费取消|取消会扣手续费吗"
    "|客服说不能取消|请客服帮我取消保险|someone helps me cancel|保险取消|取消机票"
)
THE_PAYMENT = (
    "帮我取消|我想取消付手续费|交手续费取消吧|手续费我不付了取消吧|手续费太贵了取消吧|取消，要手续费吗|取消这笔手续费|请帮我取消这笔转账|取消吧谢谢|我还是取消算了|那怎么取消|我要cancel|取消付款|取消这笔|能不能取消|取消他是骗子|麻烦取消一下|我想取消不要付了"
    "|please cancel|cancel that transfer|I'd like to cancel it please|cancel the whole thing|cancel everything now"
    "|can you help me cancel it|cancel my payment because he lied|cancel lah"
    "|帮我取消那笔转账|取消付保险的钱|把贷款的钱这笔取消|我老婆让我取消|我女儿让我取消|警察让我取消|你们让我取消的|您让我取消我就取消|客服帮我取消|客服你帮我取消吧|对方可能是骗子取消|没有人帮我取消|不是真的就取消"
    "|他让我转的我想取消|go ahead and cancel this one|cancel the bank transfer|cancel the order|cancel my loan payment"
    "|cancel for me please|the police told me to cancel|the bank told me to cancel it|he said it's a scam please cancel it"
    "|the company is asking for too much cancel it|保险不买了取消|贷款我不办了取消吧|会员不要了取消吧|机票我不买了取消吧|课程不上了取消掉"
    "|请客服帮我取消|麻烦客服帮我取消一下|客服说不能取消帮我取消吧|somebody help me cancel|cancel the ticket payment|取消签证费|把准证费取消|cancel this visa fee|cancel the passport fees"
    "|stop payment|stop payment please|reverse the transfer|please reverse it|止付|帮我止付|申请止付|不用转了|那不用付了吧"
)
PAPERS = (
    "学校说要取消我的学籍|他们说要取消我的签证|不转就取消我的学籍|会取消我的低保|移民局要取消我的准证|要吊销我的驾照|immigration will cancel my visa if I don't pay"
    "|they will cancel my visa|they said they will cancel my passport|the school will cancel my enrolment"
)
DENIED_BESIDE = (
    "没关系那就取消|不靠谱取消吧|不认得这人取消吧|不转了不转了|别别转了|没听过这家取消吧|无所谓了取消|不太对劲取消吧|I don't believe her cancel it"
    "|that is not normal cancel it|I never met him please cancel|not safe cancel"
)
DENIED = (
    "不要取消|千万别给我取消|没有人让我取消|我没打算取消|没必要取消|我不想让你们取消|不舍得取消|别随便停掉|没说要取消|you must not cancel it|I don't want you to cancel"
    "|never asked anyone to cancel|there is no reason to cancel|I didn't mean to cancel"
)
GONE = "不是，已经转走了|不是已经汇走了|没有钱都没了|不不钱都没了|不对已经转过去了|I can't eat I lost everything|not right they took everything"
NOT_GONE = (
    "还没转过去|钱没转走|没有转出去|不是转过去了|I haven't actually sent the money|I don't think they took everything"
)


def test_what_a_scammer_pretends_to_call_off_is_not_the_payment() -> None:
    """The story of the refund scam ended as a payment that the customer called off."""
    wrong = {
        (said, asked): heard
        for said in SOMETHING_ELSE.split("|")
        for asked in (False, True)
        if (heard := understand(said, asked=asked)) is Meaning.CANCEL
    }
    assert not wrong


@pytest.mark.parametrize("said", ["对方让我取消那个会员", "he is helping me cancel my plan"])
def test_the_story_of_a_refund_scam_ends_no_call(said: str) -> None:
    language = "en" if said.isascii() else "zh-CN"
    call = Call(language, published=LIBRARY.latest("cs_refund")).take("answered human", "key 1", "key 1", "key 1")
    assert call.take(f"say {said}").findings.outcome is not Outcome.DISSUADED
    assert not call.conversation.finished


def test_without_an_object_or_with_the_payment_it_is_a_wish_to_stop() -> None:
    wrong = {said: heard for said in THE_PAYMENT.split("|") if (heard := understand(said)) is not Meaning.CANCEL}
    assert not wrong


def test_who_is_threatened_with_their_papers_hears_a_person() -> None:
    """It was taken for a wish to cancel the payment, and the call ended with thanks."""
    assert not misheard(PAPERS, Meaning.AGENT)


@pytest.mark.parametrize("said", ["我要取消我的签证", "我不会取消我的签证", "I need to cancel my visa appointment"])
def test_who_calls_off_their_own_papers_is_threatened_by_nobody(said: str) -> None:
    assert understand(said) not in {Meaning.AGENT, Meaning.CANCEL}


def test_what_is_denied_beside_a_wish_to_stop_does_not_hide_it() -> None:
    """Recognisers write no commas: a no to something else stood within three characters."""
    wrong = {said: heard for said in DENIED_BESIDE.split("|") if (heard := understand(said)) is not Meaning.CANCEL}
    assert not wrong


def test_a_denied_wish_to_stop_is_none() -> None:
    wrong = {said: heard for said in DENIED.split("|") if (heard := understand(said)) in {Meaning.CANCEL, Meaning.KEEP}}
    assert not wrong


def test_a_no_before_it_does_not_bring_money_back() -> None:
    wrong = {said: heard for said in GONE.split("|") if (heard := understand(said)) is not Meaning.ALREADY_PAID}
    assert not wrong


def test_money_that_has_not_gone_is_not_gone() -> None:
    wrong = {said: heard for said in NOT_GONE.split("|") if (heard := understand(said)) is Meaning.ALREADY_PAID}
    assert not wrong


@pytest.mark.parametrize("said", ["it's not me who did it", "it is not me who sent it", "it was not me who paid"])
def test_not_me_who_did_it_is_not_me(said: str) -> None:
    assert understand(said) is Meaning.NOT_ME


def test_who_may_say_all_but_is_listened_to_cannot_talk() -> None:
    assert understand("没有什么不能说的但是他在旁边") is Meaning.CANNOT_TALK
