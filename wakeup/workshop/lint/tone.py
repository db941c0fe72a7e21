"""Rules of tone, for callees who may be innocent or hurt: no crime is named, no callee is shamed, led or given a
number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from wakeup.ivr.nodes import prompts_of
from wakeup.ivr.script import Finding
from wakeup.workshop.lint.subject import Subject, at_line

NAMES_POLICE = frozenset({"police_imp"})
"""Scripts about callers who pretend to be the police must name it."""

_SHAMING = re.compile(
    "骗|诈|上当|受害|愚|傻|笨|蠢|糊涂|贪|活该|早该|丢人|丢脸|勒索|洗钱|犯罪|违法|嫌疑|(?<!不)怪您"
    r"|scam|fraud|fool|stupid|victim|gullible|naive|greedy|\bsilly|careless|ashamed|embarrass|blackmail|extort"
    r"|launder|\bcrim|illegal|\bsuspect|should have known|(?<!not )(?<!none of this is )\byour (?:own )?fault",
    re.IGNORECASE,
)
_POLICE = re.compile(r"警察|公安|警方|报警|\bpolice", re.IGNORECASE)
_BADGE = re.compile(
    r"警官|\bofficers?\b|(?:我们?|这里)是.{0,6}(?:警|公安|检察|法院)"
    r"|\b(?:this is|i am|i'm|we are|we're)\b.{0,20}\b(?:police|court|government)\b",
    re.IGNORECASE,
)
_RANK = re.compile(
    "警|官|主任|经理|行长|科长|队长|领导"
    r"|\b(?:inspector|detective|sergeant|captain|agent|manager|director|doctor|dr|sir)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"是不是|难道|该不会|不会是|对吧|对不对|没错吧|\b(?:right|correct)\?|\bsurely\b"
    r"|\b(?:is|are|do|did|does|have|has|was|were)n't (?:it|you|they)\b",
    re.IGNORECASE,
)
_ONE = "(?:zero|one|two|three|four|five|six|seven|eight|nine)"
_NUMBER = re.compile(
    rf"[0-9]{{2,}}|[零幺一二三四五六七八九](?:[、，]?[零幺一二三四五六七八九]){{2,}}|\b{_ONE}(?:[ ,]+{_ONE}){{2,}}\b",
    re.IGNORECASE,
)


def tone(subject: Subject) -> Iterator[Finding]:
    """No crime is named and no callee is shamed."""
    mend = "say what happens and what helps, not what a person is"
    yield from _each(subject, "tone", _SHAMING, "names a crime, or puts blame on someone", mend)


def badge(subject: Subject) -> Iterator[Finding]:
    """We never claim a badge; the police is named only in scripts about callers who pretend to be the police."""
    yield from _each(subject, "badge", _BADGE, "sounds as if the caller were an official", "speak only as the bank")
    if subject.script.id not in NAMES_POLICE:
        yield from _each(
            subject, "badge", _POLICE, "mentions the police", "remove it; a bank cannot speak for the police"
        )


def persona(subject: Subject) -> Iterator[Finding]:
    """A persona has a name without a rank, and replaces only prompts that are spoken."""
    said = {prompt for _, node in subject.nodes() for prompt in prompts_of(node)}
    for whose, one in subject.script.personas.items():
        for language, name in one.name.items():
            if _RANK.search(name) or _BADGE.search(name):
                path, mend = f"personas.{whose}.name.{language}", "give it only a first name"
                yield Finding(rule="persona", path=path, why=f"has a rank ({name})", mend=mend)
        for prompt in sorted(set(one.prompts) - said):
            path, mend = f"personas.{whose}.prompts.{prompt}", "use a prompt that a node says"
            yield Finding(rule="persona", path=path, why="replaces a prompt that no node says", mend=mend)


def leading(subject: Subject) -> Iterator[Finding]:
    """A question does not suggest its answer."""
    mend = "ask so that yes and no are equally easy to say"
    yield from _each(subject, "leading", _LEADING, "is a leading question", mend)


def number(subject: Subject) -> Iterator[Finding]:
    """No number to call or to type is spoken, because a scammer could invent one just as well."""
    mend = "refer to the number on the bank card or in the app"
    yield from _each(subject, "number", _NUMBER, "speaks a number", mend)


def _each(subject: Subject, rule: str, pattern: re.Pattern[str], why: str, mend: str) -> Iterator[Finding]:
    for line in subject.lines():
        found = _first(pattern, line.plain)
        if found:
            yield at_line(line, rule, f"{why} ({found})", mend)


@lru_cache(maxsize=65_536)
def _first(pattern: re.Pattern[str], words: str) -> str | None:
    """Return the first match, cached: most prompts are shared by all scripts."""
    found = pattern.search(words)
    return None if found is None else found[0]
