"""Locales as banks spell them: what can be read is read, because no customer should miss a call over a hyphen."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from babel.localedata import locale_identifiers

from wakeup.domain.language import CHINESE

LOCALE_PATTERN = r"^[A-Za-z]{2,8}([-_.@#=]{1,2}[A-Za-z0-9]{1,16}){0,8}$"
"""Covers BCP 47 (`zh-Hans-CN`), POSIX (`zh_CN.UTF-8`) and Java (`zh_CN_#Hans`)."""
RESPELLED = "is not language, script and region in the usual spelling, such as zh-CN, and was read as if it were"
UNKNOWN = "names no known language, so calls and SMS are in English"
_FORM = re.compile(LOCALE_PATTERN)
_SEPARATORS = re.compile(r"[-_#=]+")
_ENCODING = re.compile(r"[.@]")
_SCRIPT = re.compile(r"[A-Za-z]{4}")
_REGION = re.compile(r"[A-Za-z]{2}|[0-9]{3}")


class Locale:
    """A locale in the usual spelling. `doubt` says what was wrong with the bank's spelling, if anything.

    Not a dataclass, for the same reason as `Phone`.
    """

    __slots__ = ("doubt", "tag")

    def __init__(self, tag: str, doubt: str | None) -> None:
        self.tag: Final = tag
        self.doubt: Final = doubt


@lru_cache(maxsize=256)
def read_tag(text: str) -> Locale | None:
    """Return the locale that a bank means; None if the text has not the form of one. Cached, as a bank has few."""
    if _FORM.fullmatch(text) is None:
        return None
    language, *subtags = _SEPARATORS.split(_ENCODING.split(text)[0])
    language = language.lower()
    script, region = _first(subtags, _SCRIPT).title(), _first(subtags, _REGION).upper()
    tag = "-".join(part for part in (language, script, region) if part)
    if language not in _languages():
        return Locale(tag, UNKNOWN)
    return Locale(tag, None if tag == text else RESPELLED)


def _first(subtags: list[str], form: re.Pattern[str]) -> str:
    """Return the first subtag of this form, or nothing. A subtag of one character begins an extension."""
    for subtag in subtags:
        if len(subtag) == 1:
            break
        if form.fullmatch(subtag):
            return subtag
    return ""


@cache
def _languages() -> frozenset[str]:
    # The library knows only some of the Chinese languages.
    return CHINESE.union(name.partition("_")[0] for name in locale_identifiers())
