"""Amounts of money as a voice says them: rounded to two figures, never exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_name

from wakeup.domain.language import zh_or_en
from wakeup.runtime.words.numerals import counted

_ZH_NAMES = {
    "CNY": "元", "SGD": "新币", "HKD": "港币", "MYR": "令吉", "TWD": "新台币", "AUD": "澳元", "CAD": "加元",
    "IDR": "印尼盾",
}  # fmt: skip
"""Currencies that people call by another name than the written one."""
_WITHOUT_PLURAL = frozenset({"MYR", "IDR"})
"""Currencies whose English name people say without the plural that a dictionary gives it."""


@lru_cache(maxsize=4096)
def spoken_amount(amount: Decimal, currency: str, language: str) -> str:
    """Return the amount in words: 52,345.67 SGD is 大约五万两千新币, or `about 52,000 Singapore dollars`.

    Raises ValueError unless the amount is above zero.
    """
    if amount <= 0:
        raise ValueError("an amount to be spoken is above zero")
    whole = _rounded(amount)
    if zh_or_en(language) == "zh":
        return f"大约{counted(whole)}{_ZH_NAMES.get(currency) or get_currency_name(currency, locale='zh_Hans_CN')}"
    name = get_currency_name(currency, count=1 if currency in _WITHOUT_PLURAL else whole, locale="en")
    return f"about {format_decimal(whole, locale='en')} {name}"


def _rounded(amount: Decimal) -> int:
    """Round to two significant figures, and to at least one whole unit."""
    unit = Decimal(1).scaleb(max(amount.adjusted() - 1, 0))
    return max(1, int((amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit))
