"""What spoken words are taken to mean, and what is rather left unclear."""

from __future__ import annotations

import pytest

from wakeup.ivr.speech import Meaning, understand

SAID: dict[Meaning, str] = {
    Meaning.YES: "是|是的|对|对的|嗯|嗯对|有|有的|没错|一样|是我|我是|本人|能|见过|打过交道|好的|愿意|嗯嗯|喂，是的"
    "|yes|Yeah.|yes I did|correct|It is.|uh, yes|the same|speaking|I have",
    Meaning.NO: "不是|没有|没|不对|没见过|没有啊|不能|不一样|没看到|从来没有|我没有|嗯，没有|不是的"
    "|no|No.|nope|no I didn't|I have not|never|not at all|nobody asked"
    "|of course not|I am not|I have never|different|I haven't",
    Meaning.UNSURE: "不知道|我不太清楚|说不准|不确定|不记得了|not sure|I don't know|no idea|I'm not sure about that",
    Meaning.AGENT: "转人工|我要人工服务|找个人跟我说|agent|I want a real person|can I speak to someone",
    Meaning.REPEAT: "再说一遍|没听懂|没听清楚|什么意思啊|pardon|say that again|I didn't catch that",
    Meaning.OPT_OUT: "你们别再打了|以后不要打了|stop calling me|don't call me again",
    Meaning.CANNOT_TALK: "我现在不方便说话|I can't talk now",
    Meaning.CALLBACK: "我自己打给银行吧|我打回去问|I'll call the bank|let me call you back",
    Meaning.CANCEL: "那就取消吧|我不转了|please cancel it|I no longer want it",
    Meaning.KEEP: "先留着吧|我再想想|等一等|keep it on hold|let me think about it",
    Meaning.GENUINE: "没问题，继续转|要继续|go ahead please|it is genuine",
    Meaning.ALREADY_PAID: "我已经转了|钱已经付过去了|I already paid them|the money is gone",
    Meaning.NOT_ME: "这不是我转的|我没有操作过|it wasn't me|I didn't make that payment",
    Meaning.DISTRESS: "我不想活了|活着没意思|I want to die|I might kill myself",
    Meaning.PURPOSE: "请问您是哪位|你是谁啊|请说明来意|who is this|may I ask who's calling|state your name",
    Meaning.MACHINE: "您拨打的电话暂时无法接通|请在嘀声后留言|please leave a message after the tone",
    Meaning.WRONG_NUMBER: "你打错了|wrong number",
    Meaning.ABSENT: "他不在|机主不在家|she is not here",
}


@pytest.mark.parametrize("meaning", SAID)
def test_understood(meaning: Meaning) -> None:
    other = {text: heard for text in SAID[meaning].split("|") if (heard := understand(text)) is not meaning}
    assert not other


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "？",
            "是不是骗子",
            "对不对",
            "不要取消",
            "别取消",
            "don't cancel it",
            "do not cancel",
            "喂",
            "hello",
        ),
        *("不好意思", "没关系", "对方让我转的", "好像是吧", "no problem", "是谁啊", "对，没有", "是没有", "no, yes"),
        *(
            "今天天气很不错我们出去走走吧",
            "是这样的我跟你说我那天在群里看到的",
            "I was walking home and yes there he was again",
        ),
        *("humane", "agents of change were mentioned in a long story about trees"),
    ],
)
def test_left_unclear(text: str) -> None:
    assert understand(text) is None


def test_help_is_heard_before_anything_else() -> None:
    assert understand("钱已经转过去了，我不想活了") is Meaning.DISTRESS
    assert understand("这不是我转的，给我转人工") is Meaning.NOT_ME


@pytest.mark.parametrize(
    ("confidence", "expected"), [(None, Meaning.YES), (0.9, Meaning.YES), (0.4, Meaning.YES), (0.39, None), (0.0, None)]
)
def test_doubtful_recognition(confidence: float | None, expected: Meaning | None) -> None:
    assert understand("是的", confidence) is expected
