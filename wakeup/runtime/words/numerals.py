"""Whole numbers as Mandarin says them, so that no voice has to guess how digits are read."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"


def counted(number: int) -> str:
    """Return a number before what it counts, of at most two significant figures if above 9,999: 两, 十二, 五万两千."""
    words = ""
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, size)
        if group:
            words += ("两" if group == 2 else numeral(group)) + name
    return words


def numeral(number: int) -> str:
    """Return a number below 10,000 that has no zero between two other digits, by itself: 二, 十二, 两百五十."""
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
