"""What the service knows at a call and gives to scripts, with examples to measure words by. Knows no script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from wakeup.domain.language import zh_or_en
from wakeup.ivr.render import Value, Variables
from wakeup.ivr.script import Variable, VariableType
from wakeup.usecases.conversation.recording_consent import UNRECORDED

LONGEST_TEXT = 200
"""Characters of one value: longer ones are refused at the call."""
LONGEST_CODE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One fact the service can give."""

    type: VariableType = VariableType.TEXT
    zh: str = ""
    en: str = ""
    personal: bool = False
    """About this customer: nobody else may hear it."""
    always: bool = True
    """False: some calls have it, others do not."""


GIVEN = {
    "bank_name": Given(zh="星河银行", en="Star River Bank"),
    "amount_spoken": Given(zh="约五万两千新加坡元", en="about 52,000 Singapore dollars", personal=True),
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
    """A value for each variable; with `full=False` none for what a call may go without.

    A code has no empty form: it cannot be read out.
    """
    return {name: _example(name, variable, language, full=full) for name, variable in declared.items()}


def longest(declared: dict[str, Variable], language: str, *, flags: bool) -> Variables:
    """The longest value each variable may have."""
    letter = "字" if zh_or_en(language) == "zh" else "x"
    values: dict[VariableType, Value] = {
        VariableType.FLAG: flags,
        VariableType.DIGITS: "0" * LONGEST_CODE,
        VariableType.TEXT: letter * LONGEST_TEXT,
    }
    return {name: values[variable.type] for name, variable in declared.items()}


@lru_cache(maxsize=32_768)
def url_encoded(text: str) -> int:
    """Its length as the phone company counts it: a Chinese character is nine."""
    return len(quote(text, safe=""))


def _example(name: str, variable: Variable, language: str, *, full: bool) -> Value:
    if variable.type is VariableType.FLAG:
        # Whoever is recorded must hear so: words are looked at as they are said to them.
        return full and name != UNRECORDED
    if not (full or variable.required or variable.type is VariableType.DIGITS):
        return ""
    given = GIVEN.get(name)
    known = "" if given is None else given.zh if zh_or_en(language) == "zh" else given.en
    return known or variable.sample or "0"
