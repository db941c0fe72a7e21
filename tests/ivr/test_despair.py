"""Despair is heard in its common forms, is never a wish to stop the payment, and is not heard where it is denied."""

from __future__ import annotations

import pytest

from tests.ivr.stage import Call, misheard
from wakeup.domain.outcome import Outcome
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand

DESPAIR = (
    "我不想再继续活了|真不想继续活着|我不愿意再活了|不想这么活下去|我不想获了|真的不想或下去|我不想再做人|不想留在这世上|没有活下去的理由了|我都站在天台上了|我爬到窗台上了"
    "|我在桥上不想下来了|我去跳海算了|要跳轨|我吃了一整瓶药|吞了很多安眠药|药都准备好了|我准备烧炭|遗书写好了|只剩死路一条|我只想解脱|想从世界上消失|我死了保险赔不赔"
    "|我准备跳了|我割脉了|我把煤气打开了|我扛不住了|我真的顶不住了|我很绝望|这辈子完了|我没希望了|下辈子再报答|活着还干嘛|我想寻短见|不是想死是没活路了|没有，撑不下去了|不是，崩溃了|没有，对不起孩子|我对不起老伴|I won't kill myself yet|I'm not going to kill myself or maybe I will"
    "|I don't want to continue living|I never want to wake up|I can't live like this|I can't cope any more"
    "|I'll end it tonight|I'm sitting on the ledge|I'm on the roof|I swallowed a whole bottle of pills|I took the pills"
    "|I'm going to hang myself|I should just die|cancel everything and die|there's no point any more|I'm done with life"
    "|我快被逼死了|死的心都有|我死了就好了|不想醒过来了|别以为我不敢死|这钱没了我就死|钱没了我也不活|想跟他们同归于尽|我就想一睡不醒|活得没劲"
    "|I have a gun to my head|I wish I wouldn't wake up|I haven't killed myself yet|I want to sleep forever"
    "|they are better without me|I feel hopeless|I wish I'd never been born"
)
DARED = (
    "等钱救命我不想活了|救命|救命啊|我没钱了救命|"
    "别以为我不会自杀|谁说我不会自杀|不要以为我不会去死|我以前没想过自杀现在天天想|我以前没想过自杀，现在天天想|我不是想不开是真的没办法活了"
    "|你以为我不会跳下去吗|你以为我不敢跳下去|难道我不会自杀吗|你们是不是觉得我不会去死|信不信我不会自杀我死给你看|没想过自杀但是今天真的想"
    "|I never wanted to die before but now I do|don't think I won't kill myself|who says I won't kill myself|you think I won't jump"
    "|I have never thought of suicide before today|I never wanted to end my life but now I do"
    "|don't you think that I won't kill myself|she said I'm not going to kill myself"
    "|我以前不会自杀，现在说不定|没想过自杀，现在天天都想|从来没想过自杀，可是现在有这个念头|以前没想过自杀，但现在我会想|不是想不开，是真的没路了"
    "|I never thought of suicide but now I think about it every day|I would never kill myself but now I might"
    "|我站在江边想跳下去|我坐在河边，想跳|I took all my tablets|I cut myself|I've cut myself"
)
TAKEN_BACK = (
    "我没想自杀，但我已经吃了药|我没想不开，可是我在桥上|我没想过自杀，现在想过了|我不会自杀，但是我控制不住自己|我没有轻生，但是我割手了|我不会自杀，但是我不想再醒来"
    "|我没打算自杀，但是药我买好了|我不会自杀，但是我没有盼头了|我不会自杀，但是我撑到今天已经够了|我没想过自杀，但最近一直在想这个事|我没想自杀但是钱没了我只想死|我不会自杀，但是我想办法买药了"
    "|我不会自杀，除非他们真发照片|我不会自杀，除非钱回不来|我不会自杀，如果钱能回来|要是钱能回来我就不会自杀|我不会自杀才怪|你说我不会自杀吗|我没想过自杀，但现在真不知道"
    "|I won't kill myself but I have bought the pills|I was never suicidal, now I am|I never thought about suicide until now"
    "|I'm not going to kill myself unless they post the photos|I won't kill myself unless I lose the money"
    "|I'm not going to kill myself but I can't stop thinking of it|I'm not suicidal, not yet|I won't kill myself, but I paid and I want to die"
    "|I'm not suicidal, but I'm okay with dying|I'm not suicidal, but why should I go on|I won't kill myself but why"
    "|I'm not suicidal, but it would be fine if I didn't wake up|I'm not suicidal but who wants to live like this"
    "|I won't kill myself but call this living|我不会自杀，但是等我走了你们告诉我儿子|我不会自杀，但是我给家里打电话告别了"
    "|我不会自杀，但是我很好奇死是什么感觉|我没想自杀，但是我在等|我没想自杀，但是为什么"
    "|I'm not sure I won't kill myself|I can't promise I won't kill myself|how do you know I won't kill myself"
)
"""A contrast takes a denial back, whatever follows it: despair has more words than a list."""
BUSINESS = (
    "我不会自杀，但是我要等一笔钱|我没想不开，不过我很忙|我不会自杀，可是我真的被骗了|我没有想不开，但是你们是谁|我不会自杀，但是我很好|我没想不开，但是|我没想自杀，可以吗我要付款"
    "|我没想不开，但是你等一下|我没想不开，但是你们为什么打给我|我没想自杀，但是我在等他回电话|I'm not suicidal but please go on"
    "|I'm not suicidal but why are you asking"
    "|I won't kill myself but I want my money back|I'm not suicidal but why do you ask|I'm not suicidal but please call me back"
)
"""Nor does what goes on about the payment or the call."""
"""A denial in another's mouth, or taken back in the same breath: each was taken at its word."""
NONE = (
    "我觉得我不会自杀|我不会自杀，现在很好|我没有想不开，但我没空|我不会跳下去|我站在江边散步|I won't jump|I never wanted to die|I cut myself shaving"
    "|我不会自杀，但是我真的要付这个钱|我没想不开，但我要转钱|我不会自杀，是真的|我没有想不开，现在在外面|我不会自杀，但是我会想办法|我不会想不开，但是我要活下去"
    "|我就死心了|我就死等|不想醒太早|他死了心|没办法活动|没法活期存|I won't kill myself, but now I want to pay|I never thought of suicide, but now please hurry"
    "|孩子住院等钱救命|我妈等着钱救命|I think I won't kill myself|我没有想不开|放心我不会自杀|我从来没想过自杀|不至于想不开|楼盘跳楼价|烧炭烤肉用的|你去死吧|我想死你了|吃了一片药|我站在门口|我不想火上浇油|我想解脱这个贷款|I'll end it now"
    "|I'm not suicidal|I would never hurt myself|I'm not going to kill myself|a suicide prevention charity"
    "|I don't want to live in that flat|I take pills for my blood pressure|the phone is going to die|I'm done with life insurance"
)
UNCLEAR = "我不想再继续这样下去了|不想继续过这种日子|I don't want to continue like this|I don't want to go on with my life like this"


def test_despair_is_heard() -> None:
    wrong = {
        (said, asked, confidence): heard
        for said in DESPAIR.split("|")
        for asked in (False, True)
        for confidence in (None, 0.1)
        if (heard := understand(said, confidence, asked=asked)) is not Meaning.DISTRESS
    }
    assert not wrong


def test_despair_whose_denial_is_none_is_heard() -> None:
    assert not misheard(DARED + "|" + TAKEN_BACK, Meaning.DISTRESS)


def test_despair_that_is_denied_or_none_is_not_heard() -> None:
    wrong = {
        said: heard for said in (NONE + "|" + BUSINESS).split("|") if (heard := understand(said)) is Meaning.DISTRESS
    }
    assert not wrong


def test_who_cannot_go_on_like_this_has_not_called_a_payment_off() -> None:
    wrong = {said: heard for said in UNCLEAR.split("|") if (heard := understand(said)) is Meaning.CANCEL}
    assert not wrong


@pytest.mark.parametrize("said", ["我不想继续活下去了", "I don't want to continue living"])
def test_despair_at_a_menu_that_offers_to_cancel_brings_help(said: str) -> None:
    """They were thanked for having stopped the payment, and the call ended."""
    call = Call("en" if said.isascii() else "zh-CN").to_question().take("key 1", "key 1", "key 2")
    assert call.node == "closing"
    call.take(f"say {said}")
    assert call.findings.outcome is Outcome.DISTRESS and not call.conversation.finished
