"""What spoken words are taken to mean, and what is left unclear instead."""

from __future__ import annotations

import pytest

from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import hints, understand

SAID: dict[Meaning, str] = {
    Meaning.YES: "係|係啊|係我|系我|对头|要得|是滴|有嘞|对嘅|是|是的|对|对的|嗯|嗯对|有|有的|没错|一样|是我|我是|本人|能|好的|愿意|嗯嗯|喂，是的|对，是我|是的是的"
    "|是我自己操作的|我的|是我的手机|方便|两边一样|是我，你说|是啊怎么了|是的谢谢|好吧|可以吧|是这样的"
    "|yes|Yeah.|yes I did|correct|yes, it is|uh, yes|the same|speaking|yes, it's me|it's my phone|they match"
    "|好啦|是啦|ok啦|yes啊|ok lah|yes lah|可以lah|uh huh|yes that's correct|yes definitely|I made this payment myself|I sent it myself",
    Meaning.NO: "不是不是|不是不是不是|没有没有|没有没有没有|不对不对|嗯没有没有|不是不是！不是不是不是！没有没有！|没有这回事|没这回事|哪有啊"
    "|冇|冇啊|唔係|唔系我|没得|莫得|不系|没有嘞|不是嘅|不是|没有|没|不对|没有啊|不能|不一样|从来没有|我没有|嗯，没有|不是的|不是我|不是我的|不用"
    "|没有啦|不是啦|no啦|没有lah|no lah|cannot lah|不需要|不必了|不要告诉他们|别告诉家里人|不一致|no need|no, don't tell them|I'd rather not|no that's okay|it doesn't match"
    "|no|No.|nope|no I didn't|I have not|never|not at all|of course not|I am not|different|I haven't|it is not mine",
    Meaning.UNSURE: "不知道|我不太清楚|说不准|不确定|不记得了|不晓得|不一定|不知道该不该继续"
    "|not sure|I don't know|no idea|I'm not sure about that|don't remember|I can't recall",
    Meaning.AGENT: "我被骗了|好像被人骗了|我上当了|叫你们经理来|找你们主管|我要投诉|给我转agent|I was scammed|I think I've been scammed"
    "|I got cheated|talk to your manager|can I talk to someone|转人工|我要人工服务|找个人跟我说|agent|I want a real person|can I speak to someone",
    Meaning.REPEAT: "再说一遍|没听懂|没听清楚|什么意思啊|没听到|没听明白|不懂|听不到"
    "|pardon|say that again|I didn't catch that|I don't understand|I can't hear you",
    Meaning.OPT_OUT: "你们别再打了|以后不要打了|不想再接到这样的来电|stop calling me|don't call me again|please don't call",
    Meaning.CANNOT_TALK: "我现在不方便说话|不方便|不能说|我不想说|不让说|不敢说|不让我跟家里人说|我不能跟你说"
    "|I can't talk now|I am not allowed to say|I do not want to say|I would rather not say",
    Meaning.CALLBACK: "我自己打给银行吧|我打回去问|I'll call the bank|let me call you back",
    Meaning.CANCEL: "不转，谢谢|我不转账|我不转账了|不付款了|不付款|我不转，再见|不付，取消|不打钱了|那我不打钱|我不给他们打钱|别给他转，他是骗子|不转不转，算了"
    "|if I don't pay they will arrest me, but please cancel it|我不转|不转|不转不转|那我不付|我不付|能不能取消|可不可以取消|能不能不转|能不能帮我停掉|帮我停了吧|帮我拦住|帮我拦一下|拦住|拦下来|算了|算了吧|那算了"
    "|停止|终止吧|撤回|撤了吧|我不能转|不能转了|我不敢转|不敢转了|别给他转|不给他转了|不要让他们转走|请停止转账|停止付款|停止支付吧|帮我停止汇款|停止这笔交易|要不取消吧|不如取消算了|cancel吧|我要cancel|帮我cancel掉|stop the transfer|please stop the money|don't send it|please don't transfer"
    "|那就取消吧|我不转了|不要继续转|不继续转了|别继续转了|我不想继续付了|我不要继续|那我不要再打钱了|不用了取消吧|不付了"
    "|please cancel it|I no longer want it|I don't want to go ahead|don't continue|I won't send more",
    Meaning.BUSY: "我在忙，跟朋友在开会|我没空，和我妈在忙|没空|我在开会|现在没时间|我在忙|在开车|晚点再打|回头再说吧|明天再说|not right now|I'm busy|I'm in a meeting|I'm driving|call me later|not now",
    Meaning.KEEP: "停一下|帮我停一下|能不能先停一下|可不可以先停着|那我先不转|要不先别转|要不先停着|不如先放着|hold住先|停停停|停下来|先留着吧|我再想想|等一等|别现在转|先别转|keep it on hold|let me think about it|don't pay now",
    Meaning.GENUINE: "没问题，继续转|要继续|没有问题|确认没问题，要继续转|还是要现在转"
    "|go ahead please|it is genuine|no problem, go ahead",
    Meaning.ALREADY_PAID: "钱已经出去了|钱出去了|给他了|已经给他们了|我交了|已经交了|交了|充进去了|投进去了|已经充了|已经投了|付过了|刚付过|转过了|钱被扣了"
    "|已经扣了|钱不见了|前面转了三笔了|转了好几次了|刚转完|钱都给他了|转完了|已经transfer了|我already transfer了|I paid already|I transfer already|money already sent|我已经转了|钱已经付过去了|钱我打过去了|付了|我付了|钱转了|打给他了|不小心转过去了|钱已经没了"
    "|I already paid them|the money is gone|I transferred it|I've sent the money|yes I already paid|对，钱已经转了"
    "|是骗子，钱都转了|I sent it myself, the money is gone",
    Meaning.NOT_ME: "这不是我转的|我没有操作过|it wasn't me|It was not me|I didn't make that payment",
    Meaning.DISTRESS: "喝农药|我想喝瓶农药|我要上吊|割腕|吃安眠药|我吞了一瓶安眠药|没活路了|没有活路了|我活不成了|走投无路了|我撑不下去了|真的撑不住了|熬不下去了|我快要撑不住了|我一个人撑不下去了|这日子熬不下去了|快撑不住了"
    "|没脸见人了|没脸见孩子|想跳下去|我要跳了|从楼上跳下去|不想再拖累孩子|不想再撑了"
    "|I can't go on|I cannot go on like this|I can't take it any more|I can't take this anymore|there is no way out|no way out of this|overdose"
    "|I want to jump off|I'm going to jump|jump off the building|take all my pills|I took too many pills|my life is over"
    "|我不想活了|活着没意思|我不活了|不如死了|没法活了|死了算了|想不开|一死了之|活够了|我想结束这一切|活着还有什么意思"
    "|I want to die|I might kill myself|I don't want to live any more|I dont want to live|better off dead|I would rather be dead|end it all"
    "|I will take my own life|I wish I was dead",
    Meaning.PURPOSE: "who is it|请问您是哪位|你是谁啊|请说明来意|who is this|may I ask who's calling|state your name",
    Meaning.MACHINE: "您拨打的电话暂时无法接通|请在嘀声后留言|机主暂时无法接听|please leave a message after the tone"
    "|The person you are calling is not available|the number you have dialled is unavailable",
    Meaning.WRONG_NUMBER: "你打错了|wrong number",
    Meaning.ABSENT: "我老公现在没空接电话|他这会儿没空|我妈在忙，没空|我爸在开会|他在忙|他没时间|他不在|机主不在家|他暂时无法接电话|他本人现在不方便接电话"
    "|my husband is busy|my wife is out|she is not here|she's not available|he can't come to the phone",
    Meaning.RELATIVE: "我是他老婆|我是保姆|是我爸的|是我儿子的手机|这是我老公的手机|我是陈美玲的女儿|我妈的手机|别人的"
    "|I am his wife|it is my husband's|this is his daughter|I'm the maid|it's someone else's",
    Meaning.WORRIED: "打不通|我打不通他电话|占线|没人接|联系不上他|I can't reach her|the line is busy|he is not picking up|不放心|我很担心他|我担心|担心|No, I am worried|I am not at ease",
    Meaning.NOT_SEEN: "没看到核对码|没看到|没有核对码|I don't see a code|there is no code|I can't find it",
}

ASKED: dict[Meaning, str] = {
    Meaning.YES: "见过面|见过真人|有人教我|有人在教我|有人叫我|有关|听过|是的|有|说过|问过|劝过|看过|去过|见过|会|肯|要|知道|看得到|来得及|在催|他们说过|以前见过|回来了|打过交道"
    "|yes|yes, we have|that's right",
    Meaning.NO: "还没有|还没|还没呢|暂时没有|现在没有|目前没有|以前没有|那倒没有|没见过真人|没见过面|从来没见过|从来没见过面|不可能|不是不是"
    "|没人教我|没听过|没有|没说过|没问过|没劝过|没见过|没看到|没催|不会|不肯|不用|看不到|来不及|没人说过|从来没去过|没打过交道"
    "|no|no, they haven't|not at all|It was not me|wasn't me",
    Meaning.UNSURE: "可能吧|唔知|不知道|不记得|不晓得|I don't know|I don't remember",
    Meaning.CANNOT_TALK: "不能说|不让说|不敢说|I am not allowed to say|I do not want to say",
    Meaning.REPEAT: "没听到|没听明白|不懂|I don't understand",
    Meaning.DISTRESS: "没法活了|I don't want to live any more",
    Meaning.NOT_ME: "这不是我转的|I did not make this payment",
}
"""In answer to one of our questions."""


def rows(table: dict[Meaning, str]) -> list[tuple[str, Meaning]]:
    return [(text, meaning) for meaning, texts in table.items() for text in texts.split("|")]


def test_these_words_are_understood() -> None:
    assert [(text, understand(text)) for text, _ in rows(SAID)] == rows(SAID)


def test_these_words_are_understood_in_answer_to_a_question() -> None:
    assert [(text, understand(text, asked=True)) for text, _ in rows(ASKED)] == rows(ASKED)


NOT_MEANT: dict[Meaning, str] = {
    # The one word that could remove protection: never next to a no, a question, a doubt, or another person's word.
    Meaning.GENUINE: "不要继续转|不继续转了|别继续转了|我不想继续付了|别现在转|有没有问题|真的没问题吗|没问题？|没问题吧|要不要继续转"
    "|可能没问题|没什么问题|不是没问题|他们说没问题|老师让我继续转|如果没问题就继续转|不转就没问题|没问题你们先停"
    "|I don't want to go ahead|don't continue|don't pay now|should I go ahead|is it genuine?|can I continue|I guess it's fine"
    "|they told me to go ahead|he says it's genuine|stop, don't go ahead|go ahead with the cancellation",
    Meaning.CANCEL: "算了，别问了|算了，不说了|算了，我自己去办|算了，我去网点转|算了，我晚点转|算了，我再转一次|不转，他们就要抓我|我不给他转他就发出去|不付，他就来我家闹|不给他们打钱，他们就不放人|不打钱他们就不放人|我不付，房子就没了"
    "|为什么我不能转|我不能转吗|那不能转了吗|凭什么不让我转，我不能付款吗|怎么还不转|我敢不转吗"
    "|If I don't pay, they will arrest me|if I don't send it, he will publish the photos|if we won't pay they take the house|what if I don't pay"
    "|算了，继续转吧|为什么不转|转不转|要是不付，他们就来抓我|如果我不付，怎么办|为什么不给他转|能不能转|会拦住我|有人拦着我|不能转人工|先不转|不算了"
    "|不用撤回|不要停止转账|别停止付款|不用停止支付|不要cancel|要不要取消你定|they don't send it|why don't you send it|I don't send money often|不要取消|别取消|不需要取消|不想取消|不用取消|转人工|不想转人工"
    "|I don't want to cancel|don't cancel it|do not cancel|no need to cancel|I never wanted to cancel"
    "|别转来转去了|不想再转来转去|别转移话题|don't worry go ahead|why not go ahead|why don't you just go ahead"
    "|my app won't let me continue|I don't want it cancelled|I don't want this to be delayed|I don't want this call"
    "|I don't want to make a mistake",
    # A callee who is taken for the customer hears amount and payee.
    Meaning.YES: "我是他老婆|我是保姆|是我爸的|是我儿子的手机|是别人操作的|是骗子转的|有人帮我操作的|对方让我转的|是谁啊|是不是骗子"
    "|好像是吧|对，没有|是没有|有事吗|好难|我是老陈|是的不过|可以不说吗|行了|是？"
    "|I am his wife|it is my husband's|I am busy|it is what it is|yes what do you want|yes he is here|no, yes|ok bye|some|sorry",
    Meaning.NO: "没关系|不客气|不好意思|没事|没意思|不错|没听说过你们银行打电话|I do not want to live|no problem|not now|nobody knows",
    Meaning.MACHINE: "他暂时无法接电话|他现在无法接听|she's not available|he is not available right now",
    Meaning.DISTRESS: "公司快撑不下去了|生意快撑不下去了|资金撑不住了|手机快撑不住了|我没脸见老板|这是买农药的钱|农药店的货款|想跳过这一步|公司撑不下去了|手机没电撑不住了|我就是不想拖累孩子才投的|他没见过我"
    "|I can't go online|I can't go on the app|I can't go on with this payment|I have to jump off this call|I take my pills at nine"
    "|I can't take it with me|no way|这是我的救命钱|救命的钱|烦死了|I don't want to live there",
    Meaning.ALREADY_PAID: "还没给他|没交|还没交|要交了税才能取|交了税才能取|我没转过|钱没出去|还没付过|我转了|转了|对，转过了|要付两笔|还没转过去|还没付|不付了|转过去了吗|付了费才能取|是不是转出去了|别再打给他了|已经转人工"
    "|I haven't already sent it|it is not already gone|yes I sent it myself|yes I transferred it|yes I paid it|对，我刚转了"
    "|对，我转给他了|是我付了",
    Meaning.OPT_OUT: "那我不要再打钱了|别再打款了|I won't send more|they don't call me",
    Meaning.CALLBACK: "钱我打过去了|不要去柜台|they told me not to call the bank",
    Meaning.BUSY: "他在忙|他没空接|I'm not busy|he is busy|我不忙|没时间了|she is in a meeting",
    Meaning.KEEP: "他在忙|他没空接|她在开会|I'm not busy|he is busy|我不忙|停电了|停车",
    Meaning.AGENT: "我没被骗|我没有被骗|没人被骗|我不会被骗|怕被骗|别上当|不会上当|I wasn't scammed|I was not scammed|I haven't been scammed"
    "|my manager told me|我们经理叫我转的|经理说不用",
    Meaning.WORRIED: "打通了|接了|不占线|不担心|不用担心|没什么可担心|别担心|not worried|don't worry"
    "|there's nothing to worry about|no nothing to worry about|nobody is worried|没有什么好担心的|有什么好担心的",
}


@pytest.mark.parametrize("asked", [False, True])
def test_these_words_do_not_have_this_meaning(asked: bool) -> None:
    assert not [(text, taken) for text, taken in rows(NOT_MEANT) if understand(text, asked=asked) is taken]


UNCLEAR = (
    "是不是|有没有|对不对|是不是不是|不可能吧|不可能|还没有|还没|是不是你们|有没有没有| |？|是不是骗子|对不对|不要取消|别取消|don't cancel it|do not cancel|喂|hello|不好意思|没关系|对方让我转的|好像是吧|no problem|是谁啊"
    "|对，没有|是没有|no, yes|今天天气很不错我们出去走走吧|是这样的我跟你说我那天在群里看到的|我是自己转给朋友的|是骗子转的|还没转过去"
    "|I was walking home and yes there he was again|humane|agents of change were mentioned in a long story about trees"
)


@pytest.mark.parametrize("text", UNCLEAR.split("|"))
def test_these_words_stay_unclear(text: str) -> None:
    assert understand(text) is None


@pytest.mark.parametrize("text", ["说过", "没说过", "会", "不会", "肯", "知道了", "要", "看过", "没见过"])
def test_the_verb_of_a_question_is_no_answer_where_none_was_asked(text: str) -> None:
    assert understand(text) is not Meaning.YES
    assert understand(text) in {None, Meaning.NO}


def test_help_is_heard_before_anything_else() -> None:
    assert understand("钱已经转过去了，我不想活了") is Meaning.DISTRESS
    assert understand("我不想，活了") is Meaning.DISTRESS, "whatever pause the recogniser heard"
    assert understand("这不是我转的，给我转人工") is Meaning.NOT_ME


@pytest.mark.parametrize(
    ("confidence", "expected"), [(None, Meaning.YES), (0.9, Meaning.YES), (0.4, Meaning.YES), (0.39, None), (0.0, None)]
)
def test_words_recognised_with_too_little_confidence_mean_nothing(
    confidence: float | None, expected: Meaning | None
) -> None:
    assert understand("是的", confidence) is expected


@pytest.mark.parametrize("said", ["我不想活了", "I want to die"])
def test_despair_is_heard_however_doubtful_the_recogniser_is(said: str) -> None:
    """A callee who cries or whispers is recognised badly. Ringing a colleague too often is better than too seldom."""
    assert understand(said, 0.1) is Meaning.DISTRESS
    assert understand("不想活了，对，是我自己转的", 0.1) is Meaning.DISTRESS
    assert understand("这是我的救命钱", 0.1) is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_recogniser_is_told_plain_words_of_every_meaning(language: str) -> None:
    for meaning in Meaning:
        words = hints((meaning,), language)
        assert 1 <= len(words) <= 4 and all(word.isascii() != language.startswith("zh") for word in words), meaning
        assert not any(sign in word for word in words for sign in "()[]?|\\"), "patterns are no words"


@pytest.mark.parametrize(
    ("meaning", "language", "said"),
    [
        (Meaning.NOT_ME, "zh-CN", "不是我操作的"),
        (Meaning.CANCEL, "en", "cancel"),
        (Meaning.CANNOT_TALK, "en", "can't talk"),
    ],
)
def test_the_recogniser_is_told_whole_phrases(meaning: Meaning, language: str, said: str) -> None:
    assert said in hints((meaning,), language)


def test_a_piece_of_a_pattern_is_no_hint() -> None:
    told = {word for language in ("zh-CN", "en") for word in hints(tuple(Meaning), language)}
    assert not told & {"看见", "见到", "操作", "付", "可", "us", "isn't", "cannot"}
