"""How somebody is called in a text: enough for a friend to know who is meant, and no more."""

from __future__ import annotations

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LONGEST = 16
_NOT_A_NAME = re.compile(r"[\d@:/\\]|\w\.\w")
"""A number, an address: whoever wrote that into a name wants it read."""
_NO_LETTER = re.compile(r"[^\w' .-]|_")


def called(name: str) -> str:
    """陈美玲 is called 陈*玲, Mei Ling Chen is called Mei. Empty when nothing of the name may be said."""
    written = unicodedata.normalize("NFKC", name)
    plain = " ".join(_NO_LETTER.sub("", written).split())
    if not plain or _NOT_A_NAME.search(written):
        return ""
    if _HAN.match(plain):
        letters = plain.replace(" ", "")
        return letters[0] + "*" + (letters[-1] if len(letters) > 2 else "")
    return plain.split()[0][:_LONGEST].rstrip("'.-")


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are written alike, spaces and case apart. Nothing is like a name that is not known."""
    first, second = (_plain(name or "") for name in (one, other))
    return bool(first) and first == second


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
