"""Honest callers are not passed to staff, sent away or taken for somebody else because of one word."""

from __future__ import annotations

import pytest

from tests.ivr.stage import Call
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

ENDS = frozenset(
    {
        *(Meaning.AGENT, Meaning.NOT_ME, Meaning.CANCEL, Meaning.CANNOT_TALK, Meaning.WRONG_NUMBER, Meaning.ABSENT),
        *(Meaning.ALREADY_PAID, Meaning.DISTRESS, Meaning.BUSY),
    }
)
AT_THE_GREETING = (
    "你们打错了吧|是不是打错电话了|打错了吗|我现在不在家|我人不在家在菜场|我在开车你快说|我在上班您请讲|你是真人吗|I'm not home but carry on|I'm not here to shop"
    "|my wife isn't around but I can talk|I'm driving but be quick|are you a human|is this a person or a machine"
)
ABOUT_THE_PAYMENT = (
    "付给木工的人工费|做人工耳蜗的钱|给师傅的人工|以前没转过这是头一回|之前没转过给他|不是我转的还能是谁|我卡去年挂失过|视频里是真人|本人是真人没错|我妈被骗了所以我很小心|我同事上当了我知道|我做人工智能的|人工费不贵|my agent called me|I work in human resources"
    "|it's for my estate agent|paying the travel agent|the tour operator|a human resources firm|he is a person I trust"
    "|she's my daughter|he's my brother|it's not me who needs it|I never sent any money to him before"
    "|师傅要来我家装空调|我妈会打我电话|把我妈带到医院了|妈妈让我别告诉爸爸|扛不住价格涨|谁取消的|取消了吗|转账成功没|付救护车费用|我妈天天吃很多药"
    "|手不方便|我手不方便按|不方便按键|你才被骗了|谁被骗了|我没觉得被骗了|I don't think I've been scammed|I don't think I was scammed"
    "|when the payment is done|payment not done|don't stop payment|不用止付|he will come to my house to fix it|the company will publish my book|it went through the agent|I sent him five emails"
    "|they have my account number|he asked me not to talk so loud|I was scammed once so I check|he came at my house last year"
)
STILL_HEARD = {
    Meaning.AGENT: (
        "人工|转人工|我要人工服务|接人工客服|找真人|给我转agent|要human|我被骗了|我上当了|卡要挂失|agent|operator please|a real person|I want a human"
        "|转人工啦|人工跟我说|我要人工不要机器|给我人工|人工please|能不能人工|I want to speak to an agent about this|talk to human lah"
        "|I want agent|no agent please|agent agent|is there a human|can a person call me|operator help me|where is the agent"
        "|can I speak to an agent|get me a person|let me talk to the operator please|they have my son|he's got my kids"
        "|they've got my daughter|I've been scammed|there are men at my door"
    ),
    Meaning.NOT_ME: "我没转过|不是我转的|没转过这笔|not me|I never sent any money|it wasn't me",
    Meaning.WRONG_NUMBER: "你打错了|打错电话了|没这个人|wrong number",
    Meaning.ABSENT: "他不在家|我老公不在家|不在家|机主不在|he isn't around|not home|she's out",
    Meaning.BUSY: "没空听你说|没时间跟你讲|我在忙没空和您说|没空给你讲|我在开车|我正在忙|现在没空|I'm driving",
}


@pytest.mark.parametrize("said", AT_THE_GREETING.split("|"))
def test_a_question_or_a_word_about_oneself_ends_no_call_at_the_greeting(said: str) -> None:
    """They were told "sorry to have troubled you", or that we would ask for them another time."""
    call = Call("en" if said.isascii() else "zh-CN").take("answered human", f"say {said}")
    assert not call.conversation.finished


@pytest.mark.parametrize("said", ABOUT_THE_PAYMENT.split("|"))
@pytest.mark.parametrize("asked", [False, True])
def test_a_word_about_the_payment_brings_nobody(said: str, asked: bool) -> None:
    assert understand(said, asked=asked) not in ENDS


@pytest.mark.parametrize(
    ("meaning", "said"), [(one, said) for one, table in STILL_HEARD.items() for said in table.split("|")]
)
def test_who_means_it_is_still_heard(meaning: Meaning, said: str) -> None:
    assert understand(said) is meaning
