"""Writes the functions between values and the driver: parameters of a statement, cells of a row, fields of a value.

It knows no statement and no type. An accepted event binds some two hundred values, a turn of a call reads as many: a
loop over converters costs three times what one expression does that names every value once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from wakeup.storage.instants import maybe_text, maybe_time, utc_as_text

Row = tuple[Any, ...]
Convert = Callable[[Any], Any] | None


_SWIFT: dict[Convert, str] = {
    maybe_text: "(None if (at := {0}) is None else utc_as_text(at) if at.tzinfo is utc else maybe_text(at))",
    maybe_time: "(None if (at := {0}) is None else parse(at))",
}
"""The most frequent by far: a time of ours, or none. Only others are worth a call of Python's."""


def _converted(source: str, takes: Sequence[tuple[Any, Convert]]) -> tuple[str, dict[str, Any]]:
    """The expressions of these keys or places of `source`, and what they speak of."""
    scope: dict[str, Any] = {
        "utc": UTC, "utc_as_text": utc_as_text, "maybe_text": maybe_text, "parse": datetime.fromisoformat,
    }  # fmt: skip
    values = []
    for n, (key, convert) in enumerate(takes):
        value = f"{source}[{key!r}]"
        if convert in _SWIFT:
            value = _SWIFT[convert].format(value)
        elif convert is not None:
            scope[f"convert_{n}"] = convert
            value = f"convert_{n}({value})"
        values.append(value)
    return ", ".join(values), scope


def binder(takes: Sequence[tuple[Any, Convert]]) -> Callable[[Any], list[Any]]:
    """Of a mapping or sequence: the values of these keys or places, converted where somebody converts them."""
    values, scope = _converted("given", takes)
    exec(f"def bind(given):\n    return [{values}]", scope)  # noqa: S102 - of keys and places only
    bind: Callable[[Any], list[Any]] = scope["bind"]
    return bind


def reader(cells: Sequence[Convert]) -> Callable[[Row], Row] | None:
    """Of a row as the driver gives it: the same row, converted where somebody converts. None when nobody does."""
    if not any(cells):
        return None
    values, scope = _converted("row", list(enumerate(cells)))
    exec(f"def read(row):\n    return ({values},)", scope)  # noqa: S102 - of places only
    read: Callable[[Row], Row] = scope["read"]
    return read


def maker(
    kind: Callable[..., Any], plain: Mapping[str, int], lists: Mapping[str, tuple[int, Convert]]
) -> Callable[[Row, Mapping[str, Any] | None], Any]:
    """Of a converted row, and of fields that are in none of its cells: the value. `plain` fields are cells as they are,
    `lists` are JSON, with what makes each item."""
    scope: dict[str, Any] = {"kind": kind, "from_json": from_json}
    values = [f"{name}=row[{place}]" for name, place in plain.items()]
    for name, (place, item) in lists.items():
        scope[f"item_{name}"] = item
        values.append(f"{name}=() if (text := row[{place}]) == '[]' else tuple(map(item_{name}, from_json(text)))")
    taken = ", ".join(values)
    code = f"def make(row, more):\n    return kind({taken}, **more) if more else kind({taken})"
    exec(code, scope)  # noqa: S102 - of names of fields and places only
    make: Callable[[Row, Mapping[str, Any] | None], Any] = scope["make"]
    return make
