"""Writes the function that turns given values into a statement's parameters. It knows no statement and no type.

Binding is what an accepted event does most: some two hundred values. A loop over converters costs three times what one
expression does that names every value once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from wakeup.storage.instants import maybe_text, utc_as_text

Convert = Callable[[Any], Any] | None


def binder(takes: Sequence[tuple[Any, Convert]]) -> Callable[[Any], list[Any]]:
    """Of a mapping or sequence: the values of these keys or places, converted where somebody converts them."""
    scope: dict[str, Any] = {"utc": UTC, "utc_as_text": utc_as_text, "maybe_text": maybe_text}
    values = []
    for n, (key, convert) in enumerate(takes):
        value = f"given[{key!r}]"
        if convert is maybe_text:
            # The most frequent by far: a time of ours, or none. Only others are worth a call of Python's.
            value = f"(None if (at := {value}) is None else utc_as_text(at) if at.tzinfo is utc else maybe_text(at))"
        elif convert is not None:
            scope[f"convert_{n}"] = convert
            value = f"convert_{n}({value})"
        values.append(value)
    exec(f"def bind(given):\n    return [{', '.join(values)}]", scope)  # noqa: S102 - of keys and places only
    bind: Callable[[Any], list[Any]] = scope["bind"]
    return bind
