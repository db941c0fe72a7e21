"""Amounts of money as a voice says them: rounded to two figures, never exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_name

from wakeup.domain.language import zh_or_en

_DIGITS = "零一二三四五六七八九"
_ZH_NAMES = {
    "CNY": "元", "SGD": "新元", "MYR": "林吉特", "TWD": "新台币", "AUD": "澳元", "CAD": "加元", "IDR": "印尼盾",
}  # fmt: skip
"""Currencies that people call by another name than the written one."""


@lru_cache(maxsize=4096)
def spoken_amount(amount: Decimal, currency: str, language: str) -> str:
    """Return the amount in words: 52,345.67 SGD is 约五万两千新元, or `about 52,000 Singapore dollars`.

    Raises ValueError unless the amount is above zero.
    """
    if amount <= 0:
        raise ValueError("an amount to be spoken is above zero")
    whole = _rounded(amount)
    if zh_or_en(language) == "zh":
        return f"约{_chinese(whole)}{_ZH_NAMES.get(currency) or get_currency_name(currency, locale='zh_Hans_CN')}"
    name = get_currency_name(currency, count=whole, locale="en")
    return f"about {format_decimal(whole, locale='en')} {name}"


def _rounded(amount: Decimal) -> int:
    """Round to two significant figures, and to at least one whole unit."""
    unit = Decimal(1).scaleb(max(amount.adjusted() - 1, 0))
    return max(1, int((amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit))


def _chinese(number: int) -> str:
    """Return a whole number of two significant figures as it is said: 两万, 十二万, 五万两千."""
    words = ""
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, size)
        if group:
            words += ("两" if group == 2 else _below_ten_thousand(group)) + name
    return words


def _below_ten_thousand(number: int) -> str:
    words = ""
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit == 2 and size >= 100:
            words += "两" + name
        elif digit == 1 and size == 10 and not words:
            words += name
        elif digit:
            words += _DIGITS[digit] + name
    return words
