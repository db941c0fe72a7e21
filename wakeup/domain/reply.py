"""Parse the text of an SMS reply tolerantly: codes, numbered answers, common phrases, and words that stop or pause.

Chinese and English, any spacing and case, full-width digits, keycap emoji. Nothing is decided here: which case a
code belongs to and what an answer does is decided by the callers. When two meanings meet, the worried one wins.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from wakeup.domain.confirmation import GuardianAnswer

LONGEST_PHRASE = 120
"""In a longer text only a code and a number at its very beginning count."""


class ReplyKind(StrEnum):
    SAID = "said"
    STOP = "stop"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReply:
    """The parts of a reply. `digit` is 1 to 4; `phrase` is what the words beside it mean."""

    act: ReplyKind = ReplyKind.SAID
    code: str | None = None
    digit: int | None = None
    phrase: GuardianAnswer | None = None
    consent: bool | None = None
    """A plain yes or no."""

    @property
    def answer(self) -> GuardianAnswer | None:
        """What the reply says about the customer we asked about, if anything."""
        if self.phrase is GuardianAnswer.WORRIED or self.digit is None:
            return self.phrase
        return tuple(GuardianAnswer)[self.digit - 1]


_ACTS: dict[ReplyKind, str] = {
    ReplyKind.STOP: (
        "stop stopall unsubscribe end quit cancel revoke optout t td 退订 退訂 停 停止 取消 别发了 不要再发"
    ),
    ReplyKind.START: "start unstop 开始 恢复短信",
    ReplyKind.PAUSE: "pause 暂停 暂停守护",
    ReplyKind.RESUME: "resume 恢复 恢复守护 继续守护",
    ReplyKind.LEAVE: "leave 退出 退出守护 解除守护 不再守护",
}
_ACT_OF = {word: act for act, words in _ACTS.items() for word in words.split()}
_CONSENTS: dict[bool, str] = {
    True: "yes y yeah yep ok okay sure agree iagree accept 是 是的 好 好的 同意 我同意 愿意 我愿意 接受 可以 行",
    False: "no nope decline refuse sorryno nosorry 不 否 不同意 我不同意 不愿意 我不愿意 拒绝 不行 不可以",
}
_CONSENT_OF = {word: consent for consent, words in _CONSENTS.items() for word in words.split()}
_POLITE = re.compile(r"\b(?:please|pls|thanks|thank you|of course)\b|[请請]|谢谢[您你]?|麻烦[您你]?了?")
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "one": 1, "two": 2, "three": 3, "four": 4}

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe0e\ufe0f\u20e3\ufeff]")
_EDGES = " \t\r\n.,;:!?'\"()[]{}<>-_*#~`。,、;:!?“”‘’()【】《》…·"
_LEAD = r"(?:please\s+|i\s+)?(?:reply|replied|re|answer|回复|回覆|回|答)?\W*"
_CODE_FIRST = re.compile(rf"{_LEAD}([1-9][0-9])\W*([1-4])(?![0-9])(.*)", re.DOTALL)
_DIGIT_FIRST = re.compile(rf"{_LEAD}([1-4])\W+([1-9][0-9])(?![0-9])(.*)", re.DOTALL)
_DIGIT_ONLY = re.compile(rf"{_LEAD}(?:option|number|no|选|选择|第)?\W*([1-4])(?![0-9])(.*)", re.DOTALL)
_CODE_ONLY = re.compile(rf"{_LEAD}([1-9][0-9])(?![0-9])(.*)", re.DOTALL)

_NOT_WORRIED = re.compile(
    r"(?:不|没|無|无|未|别)(?:太|怎么|很|是|会|觉得|什么|有|用|必|要|需要|可)*(?:担心|可疑|怀疑|骗)"
    r"|\b(?:don'?t|do not|no need to) worry"
    r"|\b(?:not|no|isn'?t|never|nothing|don'?t (?:think|see))\b.{0,16}\b(?:worried|worry|suspicious|scam|fraud|fake)"
)
_AT_EASE = re.compile(r"没有?(?:问题|事|关系)|\bno problem|\bnothing wrong")
_NOT_AT_EASE = re.compile(
    r"[不没無无未别吗]|是不是|应该|可能|好像|如果|要是|[他她]说"
    r"|n't\b|\b(?:not|no|never|nobody|is it|is this|are you|should|if|maybe|perhaps|probably|hope|says?|said)\b"
)
"""What makes "I know, it is fine" uncertain: a negation, a question, a doubt, or hearsay."""
_PHRASES: tuple[tuple[GuardianAnswer, re.Pattern[str]], ...] = (
    (
        GuardianAnswer.WORRIED,
        re.compile(
            r"担心|可疑|怀疑|骗|不对劲|拦住|拦下|止付|冻结|报警|快停|(?:停止|暂停)(?:转|付|支|交易)|别让|阻止"
            r"|不放心|不认识|不正常|(?<!是)不(?:像|是)真的|不像是真的|(?:别|(?<!要)不要|不能)(?:再|给[他她]|继续)*(?:转(?!告)|付|汇|打[钱款])"
            r"|取消(?:这笔)?(?:转账|付款|汇款|交易|支付)|取消这笔"
            r"|\bworr(?:y|ied)|\bsuspicious|\bscam|\bfraud|\bfake\b|\buneasy\b|\bnot at ease\b"
            r"|(?:\bnot|n't) (?:\w+ )?(?:genuine|legit|normal|fine|right|real|okay|ok|well|safe)\b"
            r"|\b(?:don't|do not) (?:pay|transfer|send|let)\b|\bcancel (?:it|this|that|the (?:payment|transfer))\b"
            r"|(?:don't|do not) know (?:this|that|the) (?:person|man|woman|payee|name|account)"
            r"|\b(?:stop|block|freeze|hold|pause)\s+(?:it|this|that|the|him|her|them)\b"
        ),
    ),
    (
        GuardianAnswer.WILL_CALL,
        re.compile(
            r"我(?:去|来|会|马上|这就|现在|正在|先)*(?:联系|打电话|打给|打过去|问问|问一下|找)|打给[他她]|给[他她妈爸]+打"
            r"|\b(?:i'?ll|i will|i'?m|will|let me)\s+(?:now\s+)?(?:call|ring|phone|contact|check)"
            r"|\b(?:calling|ringing|phoning)\b"
        ),
    ),
    (
        GuardianAnswer.UNSURE,
        re.compile(
            r"不(?:太|是很|怎么)?(?:知道|清楚|确定|知情|晓得|了解)|说不准|\b(?:don'?t|do not|didn'?t) know"
            r"|\bnot sure|\bunsure|\bno idea|\bdunno|\bidk\b|\b(?:not|wasn't|isn't) (?:\w+ )?aware\b|\bunaware\b"
        ),
    ),
    (
        GuardianAnswer.AWARE,
        re.compile(
            r"知情|知道|清楚|认识|了解|没事|没问题|正常|是真的|\bi know|\bknow about|\baware|\bfine\b|\bgenuine"
            r"|\blegit|\ball (?:is )?well|\bno problem"
        ),
    ),
)


def parse_reply(body: str) -> ParsedReply:
    """Parse a reply. Total: a text without any meaning gives empty parts."""
    text = _plain(body)
    if not text:
        return ParsedReply(act=ReplyKind.NOTHING)
    bare = "".join(text.split()).strip(_EDGES)
    if bare in _ACT_OF:
        return ParsedReply(act=_ACT_OF[bare])
    code, digit, rest = _numbers(text)
    word = _only_word(rest)
    if digit is None and _ACT_OF.get(word) is ReplyKind.STOP:
        # With a code or a "please" beside it, no carrier treats STOP as an opt-out. The sender meant it anyway.
        return ParsedReply(act=ReplyKind.STOP, code=code)
    if digit is None and code is not None and _ACT_OF.get(word) is ReplyKind.PAUSE:
        # Beside the code of a question, "pause" refers to the payment.
        return ParsedReply(code=code, phrase=GuardianAnswer.WORRIED)
    asks = "?" in unicodedata.normalize("NFKC", body)
    words = rest if len(text) <= LONGEST_PHRASE else ""
    phrase = None if re.search(r"[0-9]", words) and digit is None and code is None else _phrase(words, asks=asks)
    return ParsedReply(code=code, digit=digit, phrase=phrase, consent=_consent(words))


def _consent(words: str) -> bool | None:
    """A plain yes or no, however politely."""
    return _CONSENT_OF.get(_only_word(words))


def _only_word(words: str) -> str:
    """Return what is left of the words without politeness, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", _POLITE.sub("", words))


def _plain(body: str) -> str:
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", body)).casefold().replace("\u2019", "'")
    return plain.strip(_EDGES)


def _numbers(text: str) -> tuple[str | None, int | None, str]:
    """Return code, number and the remaining words. A text with further digits is no answer."""
    if (found := _CODE_FIRST.fullmatch(text)) and _wordy(found[3]):
        return found[1], int(found[2]), found[3]
    if (found := _DIGIT_FIRST.fullmatch(text)) and _wordy(found[3]):
        return found[2], int(found[1]), found[3]
    if (found := _CODE_ONLY.fullmatch(text)) and _wordy(found[2]):
        numeral = _NUMERALS.get("".join(found[2].split()).strip(_EDGES))
        return found[1], numeral, "" if numeral else found[2]
    if (found := _DIGIT_ONLY.fullmatch(text)) and _wordy(found[2]):
        return None, int(found[1]), found[2]
    if text in _NUMERALS:
        return None, _NUMERALS[text], ""
    return None, None, text


def _wordy(rest: str) -> bool:
    return re.search(r"[0-9]", rest) is None


def _phrase(words: str, *, asks: bool) -> GuardianAnswer | None:
    doubted = _NOT_WORRIED.search(words) is not None
    unsure = asks or _NOT_AT_EASE.search(_AT_EASE.sub("", words)) is not None
    for answer, pattern in _PHRASES:
        if pattern.search(words):
            # "Not worried" is too vague to use, so the guardian is asked once more. So is "all is well" beside a
            # negation or a doubt.
            return None if doubted or (unsure and answer is GuardianAnswer.AWARE) else answer
    return None
