"""What spoken words mean, in Mandarin and English: short word lists, no models. Unsure means None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

CONFIDENT = 0.4
"""Below this the recogniser itself doubts the words; we ask for a key instead."""
_SHORT = 8
"""A bare 是 or 没有 counts in an answer of so many characters; in a longer one it may mean anything."""


class Meaning(StrEnum):
    """What somebody meant. The order is the order of looking: whoever needs help is understood first."""

    DISTRESS = "distress"
    NOT_ME = "not_me"
    ALREADY_PAID = "already_paid"
    MACHINE = "machine"
    """A recorded greeting speaks."""
    PURPOSE = "purpose"
    """Asks who is calling and why, as call screeners do."""
    WRONG_NUMBER = "wrong_number"
    OPT_OUT = "opt_out"
    CANNOT_TALK = "cannot_talk"
    CALLBACK = "callback"
    AGENT = "agent"
    REPEAT = "repeat"
    CANCEL = "cancel"
    KEEP = "keep"
    GENUINE = "genuine"
    ABSENT = "absent"
    UNSURE = "unsure"
    NO = "no"
    YES = "yes"


_PHRASES: dict[Meaning, str] = {
    Meaning.DISTRESS: "不想活|活不下去|活着没意思|想死|去死|自杀|轻生|跳楼|了结自己|救命"
    "|kill myself|end my life|want to die|suicide|suicidal|hurt myself|no reason to live",
    Meaning.NOT_ME: "不是我转|不是我操作|不是我付|不是我弄|我没转|我没有转|我没操作|我没有操作|没转过|没有转过"
    "|not me|wasn't me|was not me|i didn't make|i did not make|i never made|didn't send|did not send",
    Meaning.ALREADY_PAID: "已经转|已经付|已经汇|已经打过去|转过去了|转出去了|付过去了|汇过去了|钱转走了|钱没了"
    "|already paid|already sent|already transferred|already gone|money is gone|money has gone",
    Meaning.MACHINE: "请留言|嘀声|滴声|哔声|语音信箱|您拨打的|您所拨打|暂时无法接"
    "|leave a message|leave your message|after the tone|after the beep|voicemail|voice mail|not available",
    Meaning.PURPOSE: "你是谁|您是谁|你是哪|您是哪|哪一位|哪位|什么事|来意|来电原因|为什么打|报上姓名|说出姓名|你谁啊"
    "|who is calling|who's calling|who is this|who's this|who are you|reason for your call|reason for calling"
    "|purpose of|what is this about|what's this about|state your name|say your name|record your name",
    Meaning.WRONG_NUMBER: "打错了|打错电话|错号|没这个人|wrong number|no such person",
    Meaning.OPT_OUT: "别再打|不要再打|不要打了|别打了|停止来电"
    "|stop calling|don't call|do not call|no more calls|remove my number",
    Meaning.CANNOT_TALK: "不方便说|不方便讲|说话不方便|不方便多说|can't talk|cannot talk|can not talk|not a good time",
    Meaning.CALLBACK: "自己打给银行|我打给银行|打银行电话|打客服|我打回去|我打过去|去银行问|去柜台|先挂断"
    "|call the bank|call you back|ring the bank|hang up and call|go to the branch",
    Meaning.AGENT: "人工|真人|转客服|找客服|找个人"
    "|agent|human|operator|real person|a person|speak to someone|representative",
    Meaning.REPEAT: "再说一遍|再说一次|再讲一遍|再念一遍|重复|没听清|没听见|听不清|听不见"
    "|听不懂|没听懂|没懂|不明白|没明白|什么意思"
    "|repeat|again please|say again|say that again|pardon|didn't hear|did not hear|didn't catch",
    Meaning.CANCEL: "取消|不转了|不付了|不汇了|别转了|撤销|停掉"
    "|cancel|stop the payment|stop it|no longer want|don't want to pay|do not want to pay",
    Meaning.KEEP: "先停着|先不转|停着|先留着|留着|等一等|等等|再想想|想一想|考虑|先停|先放着|暂停|缓一缓"
    "|wait|on hold|hold it|think it over|think about it|later",
    Meaning.GENUINE: "没问题|没有问题|继续转|继续付|继续办|要继续|还是要转|现在就转|现在转|确认转"
    "|go ahead|all is well|all well|it's genuine|it is genuine|continue|pay now|still want to pay|it's fine",
    Meaning.ABSENT: "他不在|她不在|本人不在|机主不在|不在家|not here|not in|not home|she is out|he is out",
    Meaning.UNSURE: "不知道|不清楚|说不准|说不清|说不好|不确定|不太确定|不记得|记不清|忘了"
    "|不太清楚|不大清楚|不太记得|搞不清|弄不清|不好说|可能吧|也许|大概"
    "|not sure|don't know|do not know|unsure|no idea|maybe|perhaps|i forget|can't remember",
}


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Chinese has no word boundaries; in English `human` must not be found in `humane`."""
    english = "|".join(re.escape(phrase) for phrase in phrases if phrase.isascii())
    chinese = [re.escape(phrase) for phrase in phrases if not phrase.isascii()]
    return re.compile("|".join([*chinese, rf"(?<![\w'])(?:{english})(?![\w'])"]))


_PATTERNS = {meaning: _any_of(phrases.split("|")) for meaning, phrases in _PHRASES.items()}
_NEGATED = re.compile(
    r"(别|不要|不用|不想|没有?|没要)(取消|撤销|暂停|考虑|停掉)|(don't|do not|not|never) (\w+ )?(cancel|wait|stop)"
)
_BESIDE_THE_POINT = re.compile(
    r"是不是|对不对|有没有|能不能|是吧|对吧|行不行|好不好|不好意思|没关系|没事|不会吧|不客气|不用|好像|对方|有时|有点"
    r"|是谁|是哪|是什么|是为什么|有什么|没空|no problem|right now"
)
_NEGATIVE = re.compile(r"不|没|(n't|\b(not|no|never|nobody))\b")
_FILLERS = re.compile(r"^(嗯+|呃+|啊+|哦+|喔+|噢+|诶+|欸+|那个|这个|那|我想想|喂+|um+|uh+|er+|well|oh|hmm+|so)\s*")
_NO = re.compile(
    r"(不|没|否|并没|并不|从没|从来没|当然不|当然没|我不|我没|他没|她没|两边不|no\b|nope\b|nah\b|not\b|never\b|different\b"
    r"|(i|they|he|she|it|nobody|no one|someone)"
    r" (don't|doesn't|didn't|haven't|hasn't|isn't|wasn't|did not|do not|have not|is not|has not)\b"
    r"|i am not\b|i was not\b|(i|they) have never\b|of course not\b|nobody\b|negative\b|i see no\b)"
)
_YES = re.compile(
    r"(是|对|有|好|行|嗯$|没错|一样|两边一样|当然是|我是|我就是|本人|能$|能的|能找|可以|见过|打过|愿意|确实"
    r"|yes\b|yeah\b|yep\b|yup\b|sure\b|correct\b|right\b|of course\b|it is\b|i am\b|i did\b|i do\b|i have\b|they did\b"
    r"|same\b|the same\b|they match\b|it matches\b|speaking\b|ok\b|okay\b)"
)
_AFFIRMED = ("没错", "不错")


def understand(text: str, confidence: float | None = None) -> Meaning | None:
    """What the words mean, or None when they are doubtful, contradictory or beside the point."""
    if confidence is not None and confidence < CONFIDENT:
        return None
    words = _normal(text)
    if not words:
        return None
    negated = _NEGATED.search(words) is not None
    for meaning, pattern in _PATTERNS.items():
        if negated and meaning in (Meaning.CANCEL, Meaning.KEEP):
            continue
        if pattern.search(words):
            return meaning
    return None if negated else _yes_or_no(words)


@lru_cache(maxsize=256)
def hints(meanings: tuple[Meaning, ...], language: str) -> tuple[str, ...]:
    """A few words per meaning for the speech recogniser, in the language of the conversation."""
    chinese = language.startswith("zh")
    spoken: list[str] = []
    for meaning in meanings:
        words = _BARE.get(meaning) or _PHRASES.get(meaning, "")
        spoken += [word for word in words.split("|") if (not word.isascii()) == chinese][:4]
    return tuple(dict.fromkeys(spoken))


_BARE = {Meaning.YES: "是|是的|对|有|yes|yeah", Meaning.NO: "不是|没有|不对|no|nope"}


def _normal(text: str) -> str:
    words = text.lower().replace("’", "'")
    words = re.sub(r"[^\w' ]+", " ", words)
    words = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", words)
    return " ".join(words.split())


def _yes_or_no(words: str) -> Meaning | None:
    if _BESIDE_THE_POINT.search(words):
        return None
    bare = words
    while (shorter := _FILLERS.sub("", bare, count=1)) != bare and shorter:
        bare = shorter
    size = len(bare.split()) if bare.isascii() else len(bare)
    if size > _SHORT:
        return None
    if bare.startswith(_AFFIRMED):
        return Meaning.YES
    if _NO.match(bare):
        return None if re.search(r"\byes\b", bare) else Meaning.NO
    agrees = _YES.match(bare) is not None or words in {"嗯", "嗯嗯", "uh huh"}
    return Meaning.YES if agrees and not _NEGATIVE.search(bare) else None
