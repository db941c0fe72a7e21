"""How small facts are said aloud: codes digit by digit, payees without their names, and how long words take to say."""

from __future__ import annotations

import re

_DIGITS = {
    "zh": tuple("零幺二三四五六七八九"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9,.'-]*")
_STOP = re.compile(r"[，。：；！？、,.:;!?]")
_DOUBLE_SURNAMES = re.compile("欧阳|司马|上官|诸葛|司徒|东方|南宫|夏侯|尉迟|皇甫|公孙|慕容|令狐|长孙|宇文|端木")


def spoken_digits(code: str, language: str) -> str:
    """`4071` as 四、零、七、幺 (幺, since 一 and 七 sound alike on a phone line) or `four, zero, seven, one`."""
    if not code or not code.isascii() or not code.isdigit():
        raise ValueError("a code to be read out has digits only")
    chinese = language.startswith("zh")
    names = _DIGITS["zh" if chinese else "en"]
    return ("、" if chinese else ", ").join(names[int(digit)] for digit in code)


def masked_payee(name: str, language: str) -> str:
    """Enough of the payee for the customer to know it, not enough for anyone else."""
    name = " ".join(name.split())
    chinese = language.startswith("zh")
    if not name:
        return "您填的收款人" if chinese else "the payee you entered"
    if _HAN.match(name) is None:
        return f"名字以{name[0].upper()}开头的一方" if chinese else f"someone whose name begins with {name[0].upper()}"
    if not chinese:
        return "the payee you entered"
    if len(name) > 4:
        return f"名称以{name[:2]}开头的一方"
    surname = name[:2] if _DOUBLE_SURNAMES.match(name) and len(name) > 2 else name[0]
    return f"{surname}某某" if len(name) > 2 else f"{surname}某"


def speaking_ms(text: str) -> int:
    """About how long the words take to say: four Chinese syllables or two and a half English words a second."""
    return len(_HAN.findall(text)) * 250 + len(_WORD.findall(text)) * 400 + len(_STOP.findall(text)) * 200
