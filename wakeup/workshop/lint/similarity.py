"""Rules that compare scripts: two that say the same, a language that one lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from wakeup.domain.language import zh_or_en
from wakeup.ivr.script import Finding
from wakeup.workshop.lint.subject import Subject

MAX_SHARED = 0.6
_RUN = {"zh": 6, "en": 4}
"""Length of a shared piece, in consecutive characters (zh) or words (en)."""
_WORDS = {"zh": re.compile(r"[\u3400-\u9fff]"), "en": re.compile(r"[a-z']+")}


def alike(subject: Subject, others: Sequence[Subject]) -> Iterator[Finding]:
    """No two scripts share more than sixty per cent of their own words."""
    for language in subject.languages():
        mine = _pieces(subject, language)
        for other in others:
            theirs = _pieces(other, language)
            share = len(mine & theirs) / max(1, min(len(mine), len(theirs)))
            if share > MAX_SHARED:
                why = f"shares {share:.0%} of its words in {language} with {other.script.id}"
                mend = "use other words, or merge the two scripts"
                yield Finding(rule="alike", path="id", why=why, mend=mend)


def same_languages(subject: Subject, others: Sequence[Subject]) -> Iterator[Finding]:
    """Every script speaks all languages that the others speak."""
    spoken = {language for other in others for language in other.script.languages.supported}
    for language in sorted(spoken - set(subject.script.languages.supported)):
        why = f"lacks {language}, which other scripts have; callees who speak it would hear another language"
        mend = f"write prompts.{language}.yaml"
        yield Finding(rule="language", path="languages.supported", why=why, mend=mend)


def _pieces(subject: Subject, language: str) -> set[tuple[str, ...]]:
    pieces: set[tuple[str, ...]] = set()
    for prompt in subject.words.get(language, {}):
        if (language, prompt) in subject.own:
            pieces |= _pieces_of(subject.line(language, prompt).plain, zh_or_en(language))
    return pieces


@lru_cache(maxsize=8192)
def _pieces_of(text: str, words: str) -> frozenset[tuple[str, ...]]:
    said, run = _WORDS[words].findall(text.lower()), _RUN[words]
    return frozenset(tuple(said[n : n + run]) for n in range(len(said) - run + 1))
