"""Find the variables used in a prompt, for the tools of script writers. A service does not need it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_PARSER = ImmutableSandboxedEnvironment(autoescape=False)


class Made(NamedTuple):
    """The variables of one prompt, by the way they are used."""

    used: frozenset[str] = frozenset()
    """Used in any way."""
    asked: tuple[str, ...] = ()
    """Tested by an `if`, in order: without them the prompt has other words."""
    bare: frozenset[str] = frozenset()
    """Spoken as they are."""
    spelt: frozenset[str] = frozenset()
    """Spoken digit by digit."""


@lru_cache(maxsize=8192)
def made(text: str) -> Made:
    """Return the variables of a prompt; none if it cannot be parsed, which is reported elsewhere."""
    try:
        tree = _PARSER.parse(text)
    except TemplateSyntaxError:
        return Made()
    tests = [one.test for one in tree.find_all(nodes.If)]
    said = [part for one in tree.find_all(nodes.Output) for part in one.nodes]
    return Made(
        used=frozenset(_names(tree.find_all(nodes.Name))),
        asked=_names(name for test in tests for name in (test, *test.find_all(nodes.Name))),
        bare=frozenset(_names(said)),
        spelt=frozenset(_names(part.node for part in said if isinstance(part, nodes.Filter))),
    )


def _names(found: Iterable[nodes.Node | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in found if isinstance(one, nodes.Name)))
