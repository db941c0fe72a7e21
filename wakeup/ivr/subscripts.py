"""Merge a script with the subscripts it names: shared nodes, and the words that go with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wakeup.ivr.script import Finding

SUBSCRIPT_FORMAT = "wakesubscript/1"
SECTIONS = ("personas", "variables", "entry", "on", "keys", "words", "nodes")
"""The sections a subscript may contribute to. Where the script defines the same name, the script wins."""
_HEAD = ("format", "id", "version", "title")
Plain = Mapping[str, Any]


def subscripts_of(script: Plain) -> dict[str, str]:
    """Return the subscripts a script names, with the pinned versions. The form check reports an ill-formed list."""
    named = script.get("subscripts")
    return {str(name): str(version) for name, version in named.items()} if isinstance(named, Mapping) else {}


def check_subscript(name: str, version: str, subscript: Plain | None) -> Iterator[Finding]:
    """Check that this is the subscript the script means by `name`."""
    where = f"subscripts.{name}"
    if subscript is None:
        yield _fault(where, "does not exist", "use a folder of scripts_ivr/shared")
        return
    if subscript.get("format") != SUBSCRIPT_FORMAT or subscript.get("id") != name:
        yield _fault(where, f"must have the format {SUBSCRIPT_FORMAT} and the name of its folder", "fix its head")
    if subscript.get("version") != version:
        yield _fault(where, f"is pinned to version {version}, but the folder has version {subscript.get('version')}",
                     "review the changes, then pin the new version")  # fmt: skip
    for section in subscript:
        if section not in (*_HEAD, *SECTIONS):
            yield _fault(f"{where}.{section}", "is unknown here", "remove it")
        elif section in SECTIONS and not isinstance(subscript[section], Mapping):
            yield _fault(f"{where}.{section}", "must be a mapping", "write `name: …` lines")


def join(script: Plain, subscripts: Mapping[str, Plain]) -> tuple[dict[str, Any], list[Finding]]:
    """Return the script with everything its subscripts contribute.

    It is a fault if two subscripts contribute the same name with different values and the script does not define it
    itself.
    """
    joined = dict(script)
    findings = []
    for section in SECTIONS:
        own = script.get(section, {})
        if not isinstance(own, Mapping):
            continue
        brought: dict[str, Any] = {}
        by: dict[str, str] = {}
        for name, subscript in subscripts.items():
            for key, value in subscript.get(section, {}).items():
                if key in by and key not in own and value != brought[key]:
                    why = f"is defined by both {by[key]} and {name}"
                    findings.append(_fault(f"{section}.{key}", why, "define it in the script itself"))
                brought[key], by[key] = value, name
        if brought or own or section in script:
            joined[section] = {**brought, **own}
    return joined, findings


def join_words(own: Mapping[str, str], brought: Mapping[str, str], said: frozenset[str]) -> dict[str, str]:
    """Return all words of one language: the script's own, and the said and not replaced ones of the subscripts."""
    return {**{prompt: text for prompt, text in brought.items() if prompt in said}, **own}


def _fault(path: str, why: str, mend: str) -> Finding:
    return Finding(rule="subscript", path=path, why=why, mend=mend)
