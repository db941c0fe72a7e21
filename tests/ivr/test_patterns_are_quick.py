"""No words make a pattern slow: while the words of one callee are read, no other callee is answered."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from itertools import islice, product
from types import FrameType
from typing import Any

import pytest

import wakeup.ivr
from wakeup.ivr.nlu.plain_words import MAX_CHARACTERS, normal
from wakeup.ivr.nlu.speech import calls_out, understand

codes: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")
BEHIND = ("", "我", "他", "不", "i ")
FAILING = "zq"
MANY, VERY_MANY = 30, 2000
SECONDS = 1.0
"""Of processor time for one search. 30 words that can each be read in two ways take minutes; the slowest takes 0.1 s."""
SAMPLES = 12
OFTEN = 6
"""A group that repeats this often is worth trying."""


def _kept(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _kept(one)
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _kept(one)


def _patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of the package, wherever a module keeps it, by module and number."""
    found: dict[str, tuple[str, re.Pattern[str]]] = {}
    for module in pkgutil.walk_packages(wakeup.ivr.__path__, "wakeup.ivr."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for n, pattern in enumerate(_kept(value)):
                found.setdefault(pattern.pattern, (f"{module.name.rpartition('.')[2]}.{name}.{n}", pattern))
    return dict(found.values())


PATTERNS = _patterns()


_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def _inner(code: Any, given: Any) -> list[Any]:
    """The parts of a pattern that stand within this item."""
    if code in _REPEATS:
        return [given[2]]
    if code is codes.SUBPATTERN:
        return [given[3]]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [given[1]]
    if code is codes.BRANCH:
        return list(given[1])
    return [given] if code is codes.ATOMIC_GROUP else []


def _words(items: Any) -> list[str]:
    """A few of the texts that these items of a pattern match."""
    texts = [""]
    for code, given in items:
        if code is codes.LITERAL:
            more = [chr(given)]
        elif code is codes.IN:
            more = [chr(one) for kind, one in given if kind is codes.LITERAL][:4] or ["x"]
        elif code in (codes.ANY, codes.NOT_LITERAL):
            more = ["不"]
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            more = [""]
        else:
            more = [""] if code in _REPEATS and given[0] == 0 else []
            more = [*more, *(text for part in _inner(code, given) for text in _words(part))] or [""]
        texts = [text + one for text in texts for one in more][:400]
    return list(dict.fromkeys(texts))


def _repeated(items: Any) -> Iterator[Any]:
    for code, given in items:
        if code in _REPEATS and given[1] >= OFTEN:
            yield given[2]
        for part in _inner(code, given):
            yield from _repeated(part)


def _candidates(pattern: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    """The words of each repeated group, alone and in pairs."""
    for group in _repeated(parser.parse(pattern.pattern, pattern.flags)):
        words = [word for word in _words(group) if word]
        pairs = (one + other for one, other in islice(product(words[:9], words[:9]), 60))
        yield from ((word, words) for word in dict.fromkeys([*words[:60], *pairs]))


class TooSlowError(Exception):
    """A search did not end."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TooSlowError


def _time_out(pattern: re.Pattern[str], text: str) -> bool:
    """True if a search takes too long, counted in processor time, so that a busy machine changes nothing."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        pattern.search(text)
        pattern.fullmatch(text)
    except TooSlowError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return False


@pytest.fixture(autouse=True)
def _alarm() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


def test_its_own_words_again_and_again_take_no_pattern_long() -> None:
    """正在 could be read in two ways each time, and 啊 belonged to the word before it or was one: 24 of either took
    twelve seconds."""
    slow = {name: text for name, pattern in PATTERNS.items() if (text := _slow_text(pattern)) is not None}
    assert not slow


def _slow_text(pattern: re.Pattern[str]) -> str | None:
    """The first text that takes the pattern long."""
    return next((text for text in _texts(pattern) if _time_out(pattern, text)), None)


def _texts(pattern: re.Pattern[str]) -> Iterator[str]:
    for n, (word, _) in enumerate(_candidates(pattern)):
        yield from (before + word * MANY + FAILING for before in BEHIND)
        if n < SAMPLES:
            # As long as words can be.
            yield (word * (MAX_CHARACTERS // len(word) + 1))[: MAX_CHARACTERS - len(FAILING)] + FAILING


def _endless(items: Any, *, inside: bool = False) -> int:
    """How many repeats without an end stand inside another one that can give back what it took."""
    count = 0
    for code, given in items:
        endless = code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and given[1] == codes.MAXREPEAT
        keeps = code in (codes.POSSESSIVE_REPEAT, codes.ATOMIC_GROUP)
        count += endless and inside
        count += sum(_endless(part, inside=(inside or endless) and not keeps) for part in _inner(code, given))
    return count


def test_no_repeat_stands_inside_a_repeat_that_gives_back() -> None:
    """Whatever the words: (a*)* takes twice as long for each further a. a*+ and (?>a*) give nothing back."""
    assert not [name for name, one in PATTERNS.items() if _endless(parser.parse(one.pattern, one.flags))]


def test_all_patterns_are_found() -> None:
    modules = {name.partition(".")[0] for name in PATTERNS}
    assert {"speech", "threats", "yes_no", "language_request", "plain_words"} <= modules


@pytest.mark.parametrize(
    "words", ["啊" * 24 + "别这样", "正在" * 22, "你好啊" * 24 + "在不在", "我" + "正在" * 21 + "等"]
)
def test_a_stammered_sentence_is_read_at_once(words: str) -> None:
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        calls_out(words), understand(words)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@pytest.mark.parametrize("text", ["啊" * 9999, "no " * 9999, "，" * 9999])
def test_no_more_is_read_than_can_be_said_in_a_minute(text: str) -> None:
    assert len(normal(text)) <= MAX_CHARACTERS
