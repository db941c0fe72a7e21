"""Names as written in an SMS: enough for a friend to know who is meant, and no more."""

from __future__ import annotations

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LONGEST = 16
_NOT_A_NAME = re.compile(r"[\d@:/\\]|\w\.\w")
"""A number or an address. A sender who puts one into a name wants it to be read, so such a name is not used."""
_NO_LETTER = re.compile(r"[^\w' .-]|_")


def called(name: str) -> str:
    """Return a name for an SMS: 陈*玲 for 陈美玲, Mei for Mei Ling Chen. Empty when no part of it may be used."""
    written = unicodedata.normalize("NFKC", name)
    plain = " ".join(_NO_LETTER.sub("", written).split())
    if not plain or _NOT_A_NAME.search(written):
        return ""
    if _HAN.match(plain):
        letters = plain.replace(" ", "")
        return letters[0] + "*" + (letters[-1] if len(letters) > 2 else "")
    return plain.split()[0][:_LONGEST].rstrip("'.-")


def same_name(one: str | None, other: str | None) -> bool:
    """True if two names are written alike, ignoring spaces and case. An unknown name matches nothing."""
    first, second = (_plain(name or "") for name in (one, other))
    return bool(first) and first == second


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
