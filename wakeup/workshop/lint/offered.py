"""Rules for callees who repeat our words: 说过 instead of key 1 is taken as key 1, or asked again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from wakeup.domain.language import zh_or_en
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.plain_words import normal
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nlu.yes_no import is_astray
from wakeup.ivr.nodes import Menu, Node, Question
from wakeup.ivr.script import Finding
from wakeup.workshop.lint.subject import Subject, at_line

_OFFER = {
    "zh": re.compile(r"([^。？！?]+?)，请按 ?(?:([0-9])|星号)"),
    "en": re.compile(r"([^.?!:]+?),? press (?:([0-9])|star)", re.IGNORECASE),
}
_AROUND = {
    "zh": re.compile(r"^(?:要是|如果)"),
    "en": re.compile(r"^(?:(?:if|for|to|when) )+(?:you (?:are |would )?)?", re.IGNORECASE),
}
"""Parts of an offer that a callee does not repeat."""
_ANSWERS = {"1": Meaning.YES, "2": Meaning.NO, "3": Meaning.UNSURE}
_NEGATIONS = {
    "zh": re.compile("不(?:能|可以|行|要|用|许|准|让|敢|得)|(?<![特区分级识])别(?![人的处])"),
    "en": re.compile(r"\b(?:cannot|never|not)\b|n't\b", re.IGNORECASE),
}
"""Words of a question that a frightened callee repeats: 不敢, "I cannot". They sound like a no."""


def offers(words: str, language: str) -> list[tuple[str, str]]:
    """Return each offer with its key."""
    found = _OFFER[zh_or_en(language)].findall(words)
    return [(_AROUND[zh_or_en(language)].sub("", said.strip()), key or "*") for said, key in found]


def offered(subject: Subject) -> Iterator[Finding]:
    """Repeating the words of an offer is never taken for another key."""
    for language in subject.languages():
        for name, node in subject.nodes():
            for prompt in subject.prompts_at(name) if isinstance(node, Menu | Question) else ():
                for said, key in offers(subject.line(language, prompt).plain, language):
                    yield from _said_back(subject, language, prompt, node, said, key)


def _said_back(subject: Subject, language: str, prompt: str, node: Node, said: str, key: str) -> Iterator[Finding]:
    line = subject.line(language, prompt)
    meaning = _understood(said, asked=isinstance(node, Question))
    if (
        isinstance(node, Question)
        and meaning in (Meaning.YES, Meaning.NO)
        and is_astray(normal(said), offered_by=line.plain)
    ):
        meaning = None
    mend = "offer it in words that mean the same when the callee repeats them: yes and no, 有 and 没有, 说过 and 没说过"
    if isinstance(node, Question) and key in _ANSWERS:
        if meaning is None:
            yield at_line(
                line,
                "offered",
                f"offers “{said}”, which is not understood when the callee repeats it",
                mend,
                error=False,
            )
        elif meaning is not _ANSWERS[key]:
            yield at_line(
                line, "offered", f"offers “{said}” by key {key}, which means {meaning} when the callee repeats it", mend
            )
    elif isinstance(node, Menu) and meaning is not None:
        everywhere = subject.script if node.global_exits else None
        to = node.words.get(meaning) or (everywhere.words.get(meaning) if everywhere else None)
        by_key = everywhere.keys.get(key) if everywhere and key in everywhere.keys else node.keys.get(key)
        if to is not None and by_key is not None and to != by_key:
            yield at_line(
                line, "offered", f"offers “{said}” by key {key}, but leads to {to} when the callee repeats it", mend
            )


@lru_cache(maxsize=4096)
def _understood(said: str, *, asked: bool) -> Meaning | None:
    """Most offers stand in shared parts, and are looked at again for each script that names them."""
    return understand(said, asked=asked)


def negated(subject: Subject) -> Iterator[Finding]:
    """No question whose yes means risk has a negation that callees repeat when they mean yes."""
    asked = [wording for _, node in subject.nodes() if isinstance(node, Question) for wording in node.variants]
    for prompt in dict.fromkeys(wording.prompt for wording in asked if wording.risk == "yes"):
        for language in subject.languages():
            line, words = subject.line(language, prompt), zh_or_en(language)
            found = _NEGATIONS[words].search(_OFFER[words].sub("", line.plain))
            if found:
                why = f"asks with “{found[0]}”, which sounds like a no when the callee repeats it to say yes"
                yield at_line(
                    line, "negated", why, "ask without a negation: 瞒着 instead of 别告诉, hide instead of not tell"
                )
