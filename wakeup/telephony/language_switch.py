"""Find words of another language inside a sentence: an English bank name in Chinese, a Chinese name in English.

A voice reads them by the rules of their own language if they are marked. The text itself is unchanged.
"""

from __future__ import annotations

import re

from wakeup.domain.language import zh_or_en

MAX_SWITCHES = 8
"""Per piece. A text with more switches is not a sentence with a name in it, and is left unmarked."""
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9&'’.-]*[A-Za-z0-9](?: [A-Za-z][A-Za-z0-9&'’.-]*[A-Za-z0-9])*")
"""Two letters or more. A single letter, as in 英文名以J开头, is read well by either voice."""
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def passages(text: str, language: str) -> list[tuple[str, bool]]:
    """Split the text where the language changes: pairs of text and whether it is in the other language.

    `language` is that of the sentence.
    """
    other = _ENGLISH if zh_or_en(language) == "zh" else _CHINESE
    found = list(other.finditer(text))
    if not 0 < len(found) <= MAX_SWITCHES:
        return [(text, False)] if text else []
    cut: list[tuple[str, bool]] = []
    end = 0
    for one in found:
        cut += [(text[end : one.start()], False), (one[0], True)]
        end = one.end()
    return [(words, foreign) for words, foreign in (*cut, (text[end:], False)) if words]
