"""Render the prompts of scripts: Jinja2 in a sandbox, with variables, `if` and one filter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wakeup.ivr.checks import heard_early
from wakeup.ivr.render import Variables
from wakeup.ivr.script import Finding, Hearer, Script
from wakeup.ivr.wording import spoken_digits

MAX_WORDS = 400
"""Longest prompt in characters. A synthetic voice takes at most 500 Chinese characters, and variables are added."""
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Filter, nodes.If, nodes.Not)
_FILTERS = frozenset({"digits"})
_UNSPEAKABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)


class JinjaPrompts:
    """All prompts of one version of one script. A prompt is compiled when it is first spoken."""

    def __init__(self, script_id: str, prompts: Mapping[str, Mapping[str, str]]) -> None:
        self._script_id = script_id
        # Scripts share most of their texts: each is kept in memory once.
        self._prompts = {
            language: {intern(prompt): intern(text) for prompt, text in texts.items()}
            for language, texts in prompts.items()
        }

    def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
        """Return the words on one line, without unspeakable characters. Raises if a variable is not given."""
        if script_id != self._script_id:
            raise KeyError(f"prompts of {self._script_id} were asked for {script_id}")
        return filled_in(language, self._prompts[language][prompt_id], variables)


def filled_in(language: str, text: str, variables: Variables) -> str:
    """Return the words of one prompt on one line. Raises if a variable is not given."""
    if "{" not in text:
        return _as_it_stands(text)
    template, names = _compiled(language, text)
    # Only variables that the prompt uses are read: some cost a database query.
    return _on_one_line(template.render({name: variables[name] for name in names if name in variables}))


def _on_one_line(words: str) -> str:
    return " ".join(_UNSPEAKABLE.sub(" ", words).split())


@lru_cache(maxsize=8192)
def _as_it_stands(text: str) -> str:
    """Return a prompt without variables, which most are, without making a template."""
    return _on_one_line(text)


def check_words(script: Script, words: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Yield the faults of prompts: no valid template, too long, or with a variable that its hearers may not know."""
    early = heard_early(script)
    for language, texts in words.items():
        for prompt, text in texts.items():
            path = f"prompts.{language}.{prompt}"
            used = _used(text)
            yield from (Finding(rule="template", path=path, why=why, mend=mend) for why, mend in used.faults)
            for name in used.variables:
                yield from _variable(script, path, name, spoken_early=prompt in early)
            if len(text) > MAX_WORDS:
                why = f"is longer than {MAX_WORDS} characters"
                yield Finding(rule="too-long", path=path, why=why, mend="split it into two prompts")


def _variable(script: Script, path: str, name: str, *, spoken_early: bool) -> Iterator[Finding]:
    variable = script.variables.get(name)
    if variable is None:
        why = f"variable {name!r} is not declared"
        yield Finding(rule="variable", path=path, why=why, mend="declare it under variables")
    elif spoken_early and variable.heard_by is Hearer.RIGHT_PARTY:
        why = f"variable {name!r} is for the right party only, but others may hear this prompt"
        yield Finding(rule="privacy", path=path, why=why, mend="say it after a node that decides right_party")


class Used(NamedTuple):
    """The variables and faults of one prompt."""

    variables: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    """Pairs of the reason and how to mend it."""


@lru_cache(maxsize=8192)
def _used(text: str) -> Used:
    try:
        tree = _environment("en").parse(text)
    except TemplateSyntaxError as error:
        return Used((), ((str(error.message), "see docs/scripts.md"),))
    names: dict[str, None] = {}
    faults = []
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            why = f"{type(node).__name__.lower()} is not allowed; only variables, if and filters are"
            faults.append((why, "write it without this"))
        elif isinstance(node, nodes.Filter) and (node.name not in _FILTERS or node.args or node.kwargs):
            known = ", ".join(sorted(_FILTERS))
            faults.append((f"filter {node.name!r} is unknown; must be one of {known}", "remove the filter"))
        elif isinstance(node, nodes.Name):
            names[node.name] = None
    return Used(tuple(names), tuple(faults))


def forget_words() -> None:
    """Clear the cache, for a service, which checks its prompts only once."""
    _used.cache_clear()


@lru_cache(maxsize=8192)
def _compiled(language: str, text: str) -> tuple[Template, tuple[str, ...]]:
    """Return the template and the names of its variables."""
    environment = _environment(language)
    tree = environment.parse(text)
    names = tuple(sorted({node.name for node in tree.find_all(nodes.Name)}))
    return environment.from_string(tree), names


@lru_cache(maxsize=16)
def _environment(language: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    environment.filters["digits"] = lambda code: spoken_digits(code, language)
    return environment
