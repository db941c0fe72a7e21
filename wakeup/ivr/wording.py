"""How facts are spoken: codes digit by digit, payees without their names; and how long words take to say."""

from __future__ import annotations

import re
from functools import lru_cache

from wakeup.domain.language import zh_or_en
from wakeup.domain.naming import called

_DIGITS = {
    "zh": tuple("零一二三四五六七八九"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_HAN = re.compile(r"[\u3400-\u9fff]")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9,.'-]*")
_STOP = re.compile(r"[，。：；！？、,.:;!?]")
_FIRM = re.compile("[行店记司社厂铺馆坊]$|公司|集团|工作室|中心")
"""Endings of company names, however short the name."""
_LONGEST_NAME = 3
"""Characters of a person's name with a single surname. A longer name is taken for a company."""
_LONGEST_GIVEN_NAME = 2
_DOUBLE = "欧阳|司马|上官|诸葛|司徒|南宫|夏侯|尉迟|皇甫|公孙|慕容|令狐|长孙|宇文|端木"
_DOUBLE_SURNAMES = re.compile(f"{_DOUBLE}|东方")
"""Double surnames of customers, who are always people."""
_PAYEE_SURNAMES = re.compile(
    f"(?:{_DOUBLE})(?=.)|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖韦贾夏付傅邹熊孟秦邱侯尹薛闫阎段雷黎史陶贺毛郝顾龚邵覃戴莫孔温赖洪施庄柯翁伍梅"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蔣葉蘇呂盧鍾譚陸韋賈鄒閻賀顧龔賴莊]"
)
"""The commonest surnames of payees. One that also begins the names of many companies (金, 万, 东方) is left out: the
words for a payee of any kind are true of a person, too, but a company is no person."""
_DOTS = frozenset("·•・‧")
"""Separators between the parts of a name from another language of China."""


def spoken_digits(code: str, language: str) -> str:
    """Return `4082` as 四、零、八、二 or `four, zero, eight, two`."""
    if not code or not code.isascii() or not code.isdigit():
        raise ValueError("a code to be read out has digits only")
    spoken = zh_or_en(language)
    names = _DIGITS[spoken]
    return ("、" if spoken == "zh" else ", ").join(names[int(digit)] for digit in code)


def masked_payee(name: str, language: str) -> str:
    """Describe the payee well enough for the customer, but for no one else.

    In Chinese a person with a common surname is described by it, and every other payee by the beginning of its name in
    words that fit people, companies and brands alike. 王某某 is how the news refers to suspects.
    """
    name = " ".join(name.split())
    if zh_or_en(language) == "zh":
        return _masked_zh(name)
    if not name or _HAN.match(name):
        return "the payee you entered"
    return f"someone whose name begins with {name[0].upper()}"


def _masked_zh(name: str) -> str:
    if not name or not name[0].isalpha():
        return "您填的收款方"
    if _HAN.match(name) is None:
        return f"英文名以{name[0].upper()}开头的收款方"
    name = _BETWEEN_HAN.sub("", name)
    company = _FIRM.search(name) is not None
    if not company and not _DOTS.isdisjoint(name):
        return f"名字以“{name[0]}”开头的那位"
    surname = _PAYEE_SURNAMES.match(name)
    if surname is not None and not company and len(name) - len(surname[0]) <= _LONGEST_GIVEN_NAME:
        return f"姓{surname[0]}的那位"
    # Never the whole name, which may be two characters long. A short one may be a person's.
    shown = 2 if company or len(name) > _LONGEST_NAME else 1
    return f"名称以“{name[: min(shown, len(name) - 1) or 1]}”开头的收款方"


def spoken_ward(name: str, language: str) -> str | None:
    """Return the name of the guarded customer as our SMS write it and a voice can say it (陈*玲 cannot be spoken).

    None if nothing of the name may be said, or this language has no words for it.
    """
    known = called(name)
    if not known:
        return None
    if _HAN.match(known) is None:
        return f"叫{known}" if zh_or_en(language) == "zh" else known
    if zh_or_en(language) != "zh":
        return None
    plain = name.replace(" ", "")
    surname = plain[:2] if _DOUBLE_SURNAMES.match(plain) and len(plain) > 2 else known[0]
    last = known[2:]
    return f"姓{surname}、名字最后一个字是“{last}”" if last else f"姓{surname}"


@lru_cache(maxsize=256)
def speaking_ms(text: str) -> int:
    """Estimate how long the words take to say: four Chinese syllables or two and a half English words per second."""
    return len(_HAN.findall(text)) * 250 + len(_WORD.findall(text)) * 400 + len(_STOP.findall(text)) * 200
