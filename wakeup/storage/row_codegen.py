"""Generates the functions between values and the driver: statement parameters, row cells, and fields of a value.

An accepted event binds some two hundred values, and a turn of a call reads as many. A loop over converters costs
three times as much as one generated expression that names every value once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from wakeup.storage.instants import maybe_text, maybe_time, utc_as_text

Row = tuple[Any, ...]
Convert = Callable[[Any], Any] | None


class Words(dict[Any, Any]):
    """A look-up table as a converter, so that a known word needs no call at all."""

    def __call__(self, word: Any) -> Any:
        return self[word]

    def __hash__(self) -> int:  # type: ignore[override]  # as any other converter
        return id(self)


def as_number(flag: object) -> int | None:
    """Convert a flag for SQLite. Raises TypeError for anything else."""
    if flag is None:
        return None
    if isinstance(flag, int) and flag in (0, 1):
        return int(flag)
    raise TypeError("not a flag")


_SWIFT: dict[Convert, str] = {
    maybe_text: "(None if (at := {0}) is None else utc_as_text(at) if at.tzinfo is utc else maybe_text(at))",
    maybe_time: "(None if (at := {0}) is None else parse(at))",
    as_number: "(0 if (flag := {0}) is False else 1 if flag is True else as_number(flag))",
}
"""Inline code for the most frequent conversions: a UTC time or None, and flags. Only the others are worth a function
call."""


def _converted(sources: Sequence[tuple[str, Convert]]) -> tuple[str, dict[str, Any]]:
    """Return these expressions, converted, and the names they refer to."""
    scope: dict[str, Any] = {
        "utc": UTC, "utc_as_text": utc_as_text, "maybe_text": maybe_text, "parse": datetime.fromisoformat,
        "as_number": as_number,
    }  # fmt: skip
    values = []
    for n, (source, convert) in enumerate(sources):
        value = source
        if convert in _SWIFT:
            value = _SWIFT[convert].format(value)
        elif convert is not None:
            scope[f"convert_{n}"] = convert
            value = f"convert_{n}[{value}]" if isinstance(convert, Words) else f"convert_{n}({value})"
        values.append(value)
    return ", ".join(values), scope


def binder(takes: Sequence[tuple[Any, Convert]]) -> Callable[[Any], list[Any]]:
    """Return a function that takes these keys or indexes from a mapping or sequence and applies the converters."""
    values, scope = _converted([(f"given[{key!r}]", convert) for key, convert in takes])
    exec(f"def bind(given):\n    return [{values}]", scope)  # noqa: S102 - built from keys and indexes only
    bind: Callable[[Any], list[Any]] = scope["bind"]
    return bind


def row_maker(
    cells: Sequence[tuple[str, Convert]], own: Mapping[str, Convert], table: str, keys: Sequence[str]
) -> Callable[[Any, Mapping[str, Any]], tuple[list[Any], Row]]:
    """Return a function that turns a value into its row in the driver's own values, and the key of that row.

    `own` are the cells that are attributes of the value, each with the function that makes it what is stored; the
    other cells are in the mapping.
    """
    scope: dict[str, Any] = {"table": table}

    def source(name: str) -> str:
        if name not in own:
            return f"more[{name!r}]"
        if own[name] is None:
            return f"value.{name}"
        scope[f"own_{name}"] = own[name]
        return f"own_{name}(value.{name})"

    return _make(("value", "more"), [(source(name), convert) for name, convert in cells], map(source, keys), scope)


def row_from(
    given: Sequence[str], cells: Sequence[tuple[str, Convert]], sources: Mapping[str, str], fixed: Mapping[str, Any],
    table: str, keys: Sequence[str],
) -> Callable[..., tuple[list[Any], Row]]:  # fmt: skip
    """Return a function of the `given` that makes a row in the driver's own values, and the key of that row.

    A cell is what its source says, as code in the names of the given, or else fixed. Raises KeyError for a cell that
    is neither.
    """
    scope: dict[str, Any] = {"table": table}

    def cell(name: str, convert: Convert) -> tuple[str, Convert]:
        if name in sources:
            return sources[name], convert
        scope[f"fixed_{name}"] = fixed[name] if convert is None else convert(fixed[name])
        return f"fixed_{name}", None

    return _make(given, [cell(name, convert) for name, convert in cells], (sources[key] for key in keys), scope)


def _make(
    given: Sequence[str], cells: Sequence[tuple[str, Convert]], keys: Iterable[str], scope: Mapping[str, Any]
) -> Callable[..., tuple[list[Any], Row]]:
    """Return the function of the `given` that returns these cells, converted, and the key of the row."""
    values, more = _converted(cells)
    code = f"def make({', '.join(given)}):\n    return [{values}], (table, {', '.join(keys)})"
    exec(code, {**scope, **more}, made := dict[str, Any]())  # noqa: S102 - built from column names and our own code
    make: Callable[..., tuple[list[Any], Row]] = made["make"]
    return make


def reader(cells: Sequence[Convert]) -> Callable[[Row], Row] | None:
    """Return a function that applies the converters to a row of the driver. None when no cell has a converter."""
    if not any(cells):
        return None
    values, scope = _converted([(f"row[{n}]", convert) for n, convert in enumerate(cells)])
    exec(f"def read(row):\n    return ({values},)", scope)  # noqa: S102 - built from indexes only
    read: Callable[[Row], Row] = scope["read"]
    return read


def maker(
    kind: Callable[..., Any], plain: Mapping[str, int], lists: Mapping[str, tuple[int, Convert]]
) -> Callable[[Row, Mapping[str, Any] | None], Any]:
    """Return a function that builds a value from a converted row and from fields that no cell holds.

    `plain` fields are cells as they are. `lists` are cells with JSON, each with the function that makes an item.
    """
    scope: dict[str, Any] = {"kind": kind, "from_json": from_json}
    values = [f"{name}=row[{place}]" for name, place in plain.items()]
    for name, (place, item) in lists.items():
        scope[f"item_{name}"] = item
        values.append(f"{name}=() if (text := row[{place}]) == '[]' else tuple(map(item_{name}, from_json(text)))")
    taken = ", ".join(values)
    code = f"def make(row, more):\n    return kind({taken}, **more) if more else kind({taken})"
    exec(code, scope)  # noqa: S102 - built from field names and indexes only
    make: Callable[[Row, Mapping[str, Any] | None], Any] = scope["make"]
    return make
