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


def reader(cells: Sequence[Convert]) -> Callable[[Row], Row] | None:
    """Of a row as the driver gives it: the same row, converted where somebody converts. None when nobody does."""
    if not any(cells):
        return None
    scope: dict[str, Any] = {"parse": datetime.fromisoformat}
    values = []
    for n, convert in enumerate(cells):
        value = f"row[{n}]"
        if convert is maybe_time:
            value = f"(None if (at := {value}) is None else parse(at))"
        elif convert is not None:
            scope[f"convert_{n}"] = convert
            value = f"convert_{n}({value})"
        values.append(value)
    exec(f"def read(row):\n    return ({', '.join(values)},)", scope)  # noqa: S102 - of places only
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
