"""Spoken words in the form that the patterns expect: lower case, and a comma between clauses."""

from __future__ import annotations

import re

from wakeup.ivr.nlu.cantonese import in_mandarin

MAX_CHARACTERS = 2000
"""More is not read: a callee who speaks for a minute says a thousand. It bounds the time that the patterns take."""

CONFIDENT = 0.4
"""Below this confidence the recogniser itself doubts the words, and the callee is asked for a key instead."""

_RUN_TOGETHER = re.compile(r"\b(do|does|did|is|was|are|have|has|would|should|could)nt\b")
_BETWEEN = re.compile(r"[^\w']+")
_MARKS = frozenset(",.;:!?，。；：！？、…\n")
_MISHEARD = re.compile("[赚专砖](?=过去|出去|走了|账)")
"""转, as recognisers write it."""
_SPACED_OUT = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")


def is_confident(confidence: float | None) -> bool:
    """True unless the recogniser itself doubts the words."""
    return confidence is None or confidence >= CONFIDENT


def normal(text: str) -> str:
    """Lower-case the text, with a comma between clauses, and spaces between English but not between Chinese words.
    Cantonese is put into Mandarin."""
    words = text[:MAX_CHARACTERS].lower().replace("’", "'").replace("帐", "账")
    words = _RUN_TOGETHER.sub(r"\1n't", words)
    words = _BETWEEN.sub(_comma_or_space, words)
    return _MISHEARD.sub("转", in_mandarin(_SPACED_OUT.sub("", words).strip(" ,")))


def _comma_or_space(between: re.Match[str]) -> str:
    return " " if _MARKS.isdisjoint(between.group()) else ","
