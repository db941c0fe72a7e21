"""Find prompts that ask for a secret, a link or a program. We never do, and mostly do not even name a secret.

Asking is always an error. A secret may be named only in a sentence about what another person asked for, or in one
that says to stop. Such sentences have few shapes, which are listed here; any other sentence with a secret is also
an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from wakeup.domain.language import zh_or_en
from wakeup.ivr.input_nodes import Collect
from wakeup.ivr.script import Finding
from wakeup.workshop.lint.subject import Subject, at_line

_SENTENCE = re.compile(r"(?<=[。！？!?；;])\s*|(?<=\.)\s+")

_ZH = (
    "密码|口令|验证码|短信码|动态码|校验码|安全码|识别码|卡号|身份证|证件号|有效期|CVV|安全账户|指纹|人脸|刷脸"
    "|链接|二维码|扫码|下载|安装|装.{0,4}(?:软件|应用|程序)|屏幕.{0,4}共享|共享.{0,3}屏幕|远程"
)
_EN = (
    r"passwords?\b|passcode|\bpins?\b|\botp\b|\bcodes?\b|one-time|card number|\bcvv\b|expiry date"
    r"|\b(?:id|identity|passport) number|\bpassport|social security|(?:safe|secure) account|\blinks?\b|\binstall"
    r"|\bdownload|\bscan\b|fingerprint|\bshar(?:e|ed|ing)\b.{0,12}\bscreen|\bscreen\b.{0,8}\bshar(?:ed?|ing)\b"
    r"|remote (?:control|access)"
)
_SECRET = {"zh": re.compile(_ZH, re.IGNORECASE), "en": re.compile(_EN, re.IGNORECASE)}

_OURS = re.compile(r"(?:four-digit )?check code|see no code", re.IGNORECASE)
"""The code that we read out and the customer compares."""

_NOT_PUSHED = "(?:(?!别|不|勿|关|停|断|退)[^。，！？])"
_BEGINS = r"(?:^|\bplease |[,;:] |\band |\bthen |\bto go on,? )"
_ASKS = {
    "zh": re.compile(
        rf"请{_NOT_PUSHED}{{0,10}}(?:告诉|报给|念给|发给|说给|读给|传给|交给|提供给)我"
        rf"|请{_NOT_PUSHED}{{0,8}}(?:输入|键入|提供|出示|上传|报出|说出|念出|下载|安装|点击|点开|扫|共享|打开.{{0,10}}(?:链接|网址))"
        rf"|(?:告诉我们?|报一下|说一下|念一下|输入|输一下|提供|发来|发给我们?).{{0,8}}(?:{_ZH})"
        rf"|(?:{_ZH}).{{0,8}}(?:是多少|是什么|是几|告诉我|发给我|报给我|念给我|报一下|说一下|念一下)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        rf"{_BEGINS}(?:tell|give|read|send|text|spell|dictate|say|show)\b[^.?!]{{0,40}}\b(?:me|us)\b"
        rf"|{_BEGINS}(?:type|enter|key in|confirm your|verify your|install|download|scan|share)\b"
        rf"|{_BEGINS}(?:click|tap|open|follow|visit) (?:on )?(?:this|that|the|our|a) (?:link|page|website|app|address)"
        rf"|\bwhat(?:'s| is| are)\b[^.?!]{{0,20}}(?:{_EN})"
        rf"|\b(?:may|can|could) (?:i|we) have\b"
        rf"|\b(?:can|could|will|would) you (?:please )?(?:tell|give|read|send|show)\b[^.?!]{{0,40}}\b(?:me|us)\b",
        re.IGNORECASE,
    ),
}
"""We tell or ask the callee to do it."""

_OTHERS = {
    "zh": rf"(?:有人|对方|他们|别人)[^。？！]{{0,12}}(?:让|叫|要|教|请|劝|说)[^。？！]{{0,12}}(?:{_ZH})",
    "en": r"(?:\b(?:were you|have you been)|\b(?:they|someone|anyone|somebody|anybody)(?: have| has)?)"
    rf"[^.?!]{{0,12}}\b(?:asked|told|had|made|got|sent)\b[^.?!]{{0,20}}(?:{_EN})",
}
"""What another person asked or will say: a question about it, or a prediction of it."""
_STOPS = {
    "zh": rf"(?:关上|关掉|停止|断开|别(?!人|的)|不要|不用)[^。，]{{0,8}}(?:{_ZH})"
    rf"|(?:{_ZH})[^。]{{0,10}}(?:关上|关掉|停|断开|别(?!人|的)|不要|不用)",
    "en": rf"\b(?:stop|end|close|switch off|turn off|never|do not|need not)\b[^.?!,]{{0,20}}(?:{_EN})"
    rf"|\bif\b[^.?!]{{0,12}}(?:{_EN})[^.?!]{{0,10}}\b(?:stop|close|switch off|do not)\b",
}
"""Telling the callee to stop it, close it or leave it."""
_ALLOWED = {language: re.compile(f"{_OTHERS[language]}|{_STOPS[language]}", re.IGNORECASE) for language in ("zh", "en")}


_TYPES = {"zh": re.compile("输入|键入|输一下"), "en": re.compile(r"\b(?:enter|type|key in)\b", re.IGNORECASE)}
_THEIRS = {
    "zh": re.compile("码|卡|证|账号|账户|户头", re.IGNORECASE),
    "en": re.compile(r"\b(?:codes?|cards?|pins?|accounts?|passports?|passwords?|identity|id)\b", re.IGNORECASE),
}
"""What a callee must never be asked to key in, however it is worded."""


def asking(subject: Subject) -> Iterator[Finding]:
    """Nothing secret is asked for, and nothing is to be opened, installed or shared."""
    collected = {
        prompt for name, node in subject.nodes() if isinstance(node, Collect) for prompt in subject.prompts_at(name)
    }
    for line in subject.lines():
        for sentence in _SENTENCE.split(line.plain):
            keyed = line.prompt in collected
            fault = fault_of_keys(sentence, line.language) if keyed else fault_of(sentence, line.language)
            if fault:
                mend = "ask what happened, without mentioning secrets, links or programs"
                yield at_line(line, "asking", fault, mend)


def fault_of_keys(sentence: str, language: str) -> str:
    """Return the fault of a sentence where digits are collected; empty if it may be said.

    Asking to key in is allowed there, but naming a secret is a fault in any sentence.
    """
    words = zh_or_en(language)
    theirs = _THEIRS[words].search(sentence) or _SECRET[words].search(sentence)
    if theirs:
        return f"asks for digits and mentions a secret or a number of the callee ({theirs[0]})"
    return fault_of(_TYPES[words].sub("", sentence), language)


@lru_cache(maxsize=32_768)
def fault_of(sentence: str, language: str) -> str:
    """Return why this sentence may not be said; empty if it may."""
    words = zh_or_en(language)
    asks = _ASKS[words].search(sentence)
    if asks:
        return f"asks for something that must never be asked for ({asks[0].strip()})"
    named = _SECRET[words].search(_OURS.sub("", sentence))
    if named and not _ALLOWED[words].search(sentence):
        return f"mentions a secret, a link or a program ({named[0]})"
    return ""
