"""Count the segments of an SMS: GSM-7 while every character is in its alphabet, else UCS-2 for all of them."""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM, _GSM_PART, _UCS, _UCS_PART = 160, 153, 70, 67


def is_gsm(text: str) -> bool:
    """True if the GSM-7 alphabet suffices."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def shortest(text: str) -> str:
    """Return the text without accents if that alone makes it fit GSM-7 (Zoe for Zoë); else the text unchanged."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return bare if is_gsm(bare) and not is_gsm(text) else text


def segments(text: str) -> int:
    """Return how many segments are sent and paid for; an empty text is one."""
    if is_gsm(text):
        length = sum(2 if char in _EXTENDED else 1 for char in text)
        whole, part = _GSM, _GSM_PART
    else:
        length, whole, part = len(text.encode("utf-16-le")) // 2, _UCS, _UCS_PART
    return 1 if length <= whole else -(-length // part)
