"""Amounts and currencies in requests: exact decimals as strings, ISO 4217 codes in use today. No rates, no rounding."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision

AMOUNT_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,3})?$"
_AMOUNT = re.compile(AMOUNT_PATTERN)

# babel follows usage, where small coins have died out; a payment system follows ISO 4217, which still has them.
_STANDARD_DIGITS = {"IQD": 3} | dict.fromkeys(
    ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"), 2
)


def read_amount(text: object) -> Decimal | None:
    """Return the exact amount, or None unless it is a string of plain digits with at most three decimals."""
    if not isinstance(text, str) or _AMOUNT.fullmatch(text) is None:
        return None
    return Decimal(text)


@cache
def currencies() -> frozenset[str]:
    """Return the codes that are legal tender in some territory today."""
    by_territory = get_global("territory_currencies")
    return frozenset(
        code for rows in by_territory.values() for code, _, ended, tender in rows if tender and ended is None
    )


@cache
def minor_digits(currency: str) -> int:
    """Return the decimals of a currency. Call it with known codes only, because results are cached."""
    return _STANDARD_DIGITS.get(currency) or get_currency_precision(currency)


def fits(amount: Decimal, currency: str) -> bool:
    """True if the amount has no more decimals than its currency allows. Trailing zeros do not count."""
    scaled = amount.scaleb(minor_digits(currency))
    return scaled == scaled.to_integral_value()
