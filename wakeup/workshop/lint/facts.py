"""The variables that the service gives to scripts, with examples to measure prompts by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from wakeup.domain.language import zh_or_en
from wakeup.ivr.render import Value, Variables
from wakeup.ivr.script import Variable, VariableType
from wakeup.usecases.conversation.recording_consent import UNRECORDED

LONGEST_TEXT = 200
"""Longest value in characters: longer ones are refused at the call."""
LONGEST_CODE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One variable the service can give."""

    type: VariableType = VariableType.TEXT
    zh: str = ""
    en: str = ""
    personal: bool = False
    """True if it is about this customer: only the right party may hear it."""
    always: bool = True
    """False if only some calls have it."""


GIVEN = {
    "bank_name": Given(zh="星河银行", en="Star River Bank"),
    "amount_spoken": Given(zh="大约五万两千新币", en="about 52,000 Singapore dollars", personal=True),
    "payee_masked": Given(zh="姓王的那位", en="someone whose name begins with J", personal=True),
    "settled": Given(type=VariableType.FLAG, personal=True),
    "family_worried": Given(type=VariableType.FLAG, personal=True),
    "gone": Given(type=VariableType.FLAG),
    "call_code": Given(type=VariableType.DIGITS, zh="4082", en="4082", personal=True, always=False),
    "unhurried": Given(type=VariableType.FLAG),
    UNRECORDED: Given(type=VariableType.FLAG),
    "ward": Given(zh="姓陈、名字最后一个字是“玲”", en="Mei", always=False),
    "room": Given(always=False),
    "promised": Given(type=VariableType.FLAG),
    "guardian_ready": Given(type=VariableType.FLAG),
    "person_ready": Given(type=VariableType.FLAG),
    "callback_time": Given(zh="今天下午三点左右", en="today at about three in the afternoon", always=False),
    "crisis_text": Given(
        zh="请拨打当地的心理援助热线，那里随时有人接听。",
        en="Please ring the local crisis line, where somebody answers at any hour.",
        always=False,
    ),
    "police_number": Given(zh="当地的反诈热线", en="your local anti-scam helpline"),
    "credit_bureau": Given(zh="当地的征信机构", en="the credit bureau"),
}


def example(declared: dict[str, Variable], language: str, *, full: bool) -> Variables:
    """Return a value for each variable; with `full=False` an empty one for those that a call may lack.

    A code has no empty form: it cannot be read out.
    """
    return {name: _example(name, variable, language, full=full) for name, variable in declared.items()}


def longest(declared: dict[str, Variable], language: str, *, flags: bool) -> Variables:
    """Return the longest value each variable may have."""
    letter = "字" if zh_or_en(language) == "zh" else "x"
    values: dict[VariableType, Value] = {
        VariableType.FLAG: flags,
        VariableType.DIGITS: "0" * LONGEST_CODE,
        VariableType.TEXT: letter * LONGEST_TEXT,
    }
    return {name: values[variable.type] for name, variable in declared.items()}


@lru_cache(maxsize=32_768)
def url_encoded(text: str) -> int:
    """Return the length of the text as the phone company counts it: a Chinese character counts nine."""
    return len(quote(text, safe=""))


def _example(name: str, variable: Variable, language: str, *, full: bool) -> Value:
    if variable.type is VariableType.FLAG:
        # A recorded callee must be told so: prompts are checked as they are spoken to a recorded callee.
        return full and name != UNRECORDED
    if not (full or variable.required or variable.type is VariableType.DIGITS):
        return ""
    given = GIVEN.get(name)
    known = "" if given is None else given.zh if zh_or_en(language) == "zh" else given.en
    return known or variable.sample or "0"
