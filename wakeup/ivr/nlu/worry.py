"""What a guardian says who fears for the customer."""

from __future__ import annotations

import re

from wakeup.ivr.nlu.plain_words import is_confident, normal
from wakeup.ivr.nlu.threats import harm_in

_DENIED = re.compile(
    r"(?:(?:(?<![要能可行会])不|(?<=要)不(?=要)|[没未别无])(?!好意思|行|对|如|然|妨)(?:(?![了,]).){0,3}"
    r"|有(?:什么|啥)[好可]"
    r"|(?:n't|\bnot|\bnever|\bcannot|\bnothing to|\bnobody is|\bno (?:need|reason|longer))(?: \w+){0,3} )$"
)
"""A negation close before a fear: 不怕被骗, "he was not scammed"."""
_DECEIVED = re.compile(
    r"被骗|受骗|上(?:了当|当)|诈骗(?!电话|短信)|骗(?:了|局|子|他|她|人|钱)"
    r"|\b(?<!no )(?:scam|fraud|trick|con(?:ned|\b)|cheat)\w*\b(?! (?:call|number|department|team)\b)"
)
_SAYS_WHO = re.compile(
    r"(?:[他她]|爸|妈|爷|奶|老(?:人|公|婆|伴)|儿|女|孙|哥|姐|弟|妹|对方|那个?人|怕|担心|觉得|怀疑|肯定)[^,]{0,8}$"
    r"|\b(?:he|she|they|him|her|(?:my|our|the) \w+|someone|i think|afraid|it's|it is|that's|that is)\b[^,]{0,25}$"
)
"""Deceit that counts: a person is deceived or deceives. 又是诈骗电话 and "is it a scam?" are said of our call."""
_NEAR = 60
"""Who deceives stands this many characters before the deceit at most, which bounds the time for a long text."""
_BEEN_DECEIVED = re.compile(r"被骗|受骗|上(?:了当|当)|\b(?:scammed|conned|tricked|cheated)\b")
_KIN = "(?:[他她]|爸|妈|爷|奶|老(?:人|公|婆|伴)|儿|女)"
_KIN_EN = "(?:him|her|he|she|my (?:mum|mom|mother|dad|father|son|daughter|wife|husband|gran\\w*|parents?))"
_AFRAID_FOR = re.compile(
    "(?:抓|害|杀|打|救救?|帮帮|拦住?|劝劝?)[他她]|(?:逼|威胁)"
    "|(?:^|,|(?<![教叫诉])我|[那可该这]|现在|应该|还能|不知道)怎么办(?!理|手续|法|就)"
    f"|{_KIN}(?:(?![没不])[^,]){{0,6}}[接遇收碰][^,]{{0,3}}(?:诈骗|骗子)"
    f"|骗子?(?:(?![没不])[^,]){{0,3}}[骗找逼给叫让缠][^,]{{0,2}}{_KIN}|{_KIN}[^,]?会怎么?样"
    rf"|\b(?:scam|fraud|cheat)\w*\b[^,]{{0,30}}\b{_KIN_EN}\b|\b{_KIN_EN}\b[^,]{{0,20}}\bscam call"
    rf"|\bwhat about {_KIN_EN}\b"
    r"|\b(?:they|he|she|police)\b[^,]{0,15}\b(?:take|taking|come to|steal) (?:everything from )?(?:him|her|his)\b"
    r"|\b(?:arrest|kill|hurt|harm|(?<!needs to )(?<!wants to )(?<!he'll )help|stop|threaten\w*|forc\w+) (?:him|her)\b"
    r"|\bwhat (?:should|can|do) i do\b|\bhappens? to (?:him|her)\b"
    r"|[他她]怎么办|[他她]会怎么?样|\b(?:he|she) (?:be|get|is|getting) (?:arrested|jailed|hurt|killed|sued"
    "|in (?:trouble|danger))"
)
_STOP_THEM = re.compile(
    "(?:别|不要|不能)(?:让|给)[他她][^,]{0,3}[转付汇]|别放款|停了?[他她]的?卡|(?:快|赶紧|帮我?)拦|拦不住|劝不[住动听]|不听(?:劝|我)|谁的话都不听"
    "|痴呆|记性(?:不好|差|很差)|网[上友][^,]{0,4}(?:谈恋爱|聊天|谈朋友)|[他她爸妈][^,]{0,4}(?:怪怪|神神秘秘|躲着)|警察[^,]{0,4}电话给(?:[他她]|我[爸妈])|帮警察"
    "|不是骗子还能"
    r"|\b(?:don't|do not) let (?:him|her|them) (?:send|pay|transfer|do|go)\b"
    r"|\b(?:block|freeze|hold|stop) (?:it|him|her|(?:the|this|his|her) (?:payment|transfer|cards?|account|money))\b"
    r"|\b(?:dementia|alzheimer'?s?|secretive)\b|\b(?:he|she)(?:'s| is| gets| seems) (?:\w+ )?(?:confused|forgetful)\b"
    r"|\b(?:met|meets|talking to|chatting (?:to|with)) (?:someone|somebody|a \w+) online\b"
    r"|\b(?:something|this|that|it) (?:is|sounds|seems|feels|smells) (?:very |really |a bit )?(?:wrong|fishy"
    r"|suspicious|off)\b"
    r"|\bnot like (?:him|her)\b|\bshouldn't be (?:sending|paying|transferring)\b"
)
"""A guardian who wants the payment stopped, or says why the customer should not decide alone."""
_OF_US = re.compile(r"[你您]|\byou\b|\bthis (?:is )?(?:a )?(?:scam|call)\b")


_WANTS_SOMEONE = re.compile(r"人工|真人|客服|同事|\b(?:agent|human|operator|person|someone(?! online)|colleague)\b")


def fears(text: str, confidence: float | None = None) -> bool:
    """True if a guardian fears that the customer is deceived or threatened, rather than that this call deceives, and
    does not ask for a person."""
    words = normal(text)
    if not is_confident(confidence) or _WANTS_SOMEONE.search(words):
        return False
    plain = (one for pattern in (_AFRAID_FOR, _STOP_THEM) for one in pattern.finditer(words))
    if harm_in(words) or not all(_denied(words, one) for one in plain):
        return True
    asks = "?" in text or "？" in text or words.endswith(("吧", "吗"))
    return not _OF_US.search(words) and any(
        not _denied(words, one)
        and (
            _BEEN_DECEIVED.match(one.group())
            or (not asks and _SAYS_WHO.search(words[max(0, one.start() - _NEAR) : one.start()]))
        )
        for one in _DECEIVED.finditer(words)
    )


def _denied(words: str, one: re.Match[str]) -> bool:
    return _DENIED.search(words[max(0, one.start() - _NEAR) : one.start()]) is not None
