"""A script as the rules see it: its graph, and its prompts with and without variables. Reads no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from wakeup.ivr.nodes import Node, prompts_of
from wakeup.ivr.render import Value, Variables
from wakeup.ivr.script import Finding, Script
from wakeup.ivr.wording import speaking_ms
from wakeup.runtime.scripts.words import filled_in
from wakeup.workshop.lint.facts import example
from wakeup.workshop.prompt_variables import Made, made

_TAG = re.compile(r"\{[{%].*?[}%]\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One prompt in one language."""

    language: str
    prompt: str
    plain: str
    """Its words without variables, with both branches of each `if`."""

    @property
    def path(self) -> str:
        return f"prompts.{self.language}.{self.prompt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One script with all its prompts, including those of subscripts."""

    script: Script
    words: Mapping[str, Mapping[str, str]]
    own: frozenset[tuple[str, str]] = frozenset()
    """Language and prompt of the script's own prompts."""
    unfit: frozenset[str] = frozenset()
    """Paths of prompts that cannot be filled in; their faults are already reported."""
    _ms: dict[tuple[str, str], int] = field(init=False, repr=False, default_factory=dict)
    _examples: dict[tuple[str, bool], Variables] = field(init=False, repr=False, default_factory=dict)
    _lines: dict[tuple[str, str], Line] = field(init=False, repr=False, default_factory=dict)

    def languages(self) -> Iterator[str]:
        """Yield the languages that have prompts."""
        yield from (language for language in self.script.languages.supported if self.words.get(language))

    def lines(self) -> Iterator[Line]:
        """Yield every prompt in every language."""
        for language in self.languages():
            for prompt in self.words[language]:
                yield self.line(language, prompt)

    def line(self, language: str, prompt: str) -> Line:
        known = self._lines.get((language, prompt))
        if known is None:
            known = Line(language=language, prompt=prompt, plain=_plain(self.words[language].get(prompt, "")))
            self._lines[language, prompt] = known
        return known

    def made(self, line: Line) -> Made:
        """Return the variables of a prompt."""
        return made(self.words[line.language].get(line.prompt, ""))

    def said(self, language: str, prompt: str, *, full: bool = True) -> str:
        """Return the words with examples filled in; `full=False` leaves out what a call may lack."""
        values = self._examples.get((language, full))
        if values is None:
            values = self._examples[language, full] = example(self.script.variables, language, full=full)
        return self.filled(language, prompt, values)

    def filled(self, language: str, prompt: str, values: Variables) -> str:
        """Return the words with these values; without variables if they cannot be filled in."""
        line = self.line(language, prompt)
        if line.path in self.unfit or prompt not in self.words[language]:
            return line.plain
        try:
            text = self.words[language][prompt]
            given = tuple((name, values[name]) for name in sorted(made(text).used) if name in values)
            return _filled(language, text, given)
        except ValueError:
            # A value that is not a code cannot be read out digit by digit; the rule `spoken` reports it.
            return line.plain

    def ms(self, language: str, *prompts: str) -> int:
        """Return about how many milliseconds these take to say in a row, at most, over all personas and variables."""
        return sum(max(self.line_ms(language, form) for form in self.forms(prompt)) for prompt in prompts)

    def forms(self, prompt: str) -> tuple[str, ...]:
        """Return the prompt, and those that personas say instead."""
        said = (self.script.spoken(prompt, persona) for persona in self.script.personas)
        return tuple(dict.fromkeys((prompt, *said)))

    def prompts_at(self, name: str) -> tuple[str, ...]:
        """Return every prompt this node can say, of all personas."""
        return tuple(form for prompt in prompts_of(self.script.nodes[name]) for form in self.forms(prompt))

    def nodes(self) -> Iterator[tuple[str, Node]]:
        yield from self.script.nodes.items()

    def line_ms(self, language: str, prompt: str) -> int:
        """Return about how many milliseconds this prompt takes to say."""
        known = self._ms.get((language, prompt))
        if known is None:
            known = max(speaking_ms(self.said(language, prompt, full=full)) for full in (True, False))
            self._ms[language, prompt] = known
        return known


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    return " ".join(_TAG.sub(" ", text).split())


@lru_cache(maxsize=32_768)
def _filled(language: str, text: str, given: tuple[tuple[str, Value], ...]) -> str:
    """Fill in a prompt, cached: many rules need the same words, and most scripts share them."""
    return filled_in(language, text, dict(given))


Rule = Callable[[Subject], Iterator[Finding]]


def at_line(line: Line, rule: str, why: str, mend: str, *, error: bool = True) -> Finding:
    """Return a finding about a prompt."""
    return Finding(rule=rule, path=line.path, why=why, mend=mend, error=error)
