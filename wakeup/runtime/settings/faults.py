"""Faults of settings and policy as lines for people: the name as it was written, and what is wrong, never the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from wakeup.runtime.settings.sources import ANY_NAME, Layer, Leaf, Where, variable

_WORDS = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "path_type": "must be the path of a file",
    "extra_forbidden": "unknown setting",
    "missing": "is missing",
    "timezone_aware": "must have a time zone, such as 2026-11-22T09:30:00Z",
}


def refuse(faults: Mapping[str, str]) -> None:
    """Raise the faults of a section from its validator, by field, dotted from the section. Does nothing without
    faults."""
    if faults:
        raise PydanticCustomError("faults", "several fields do not fit together", {"faults": dict(faults)})


def missing(known: Iterable[Leaf], given: Layer) -> list[str]:
    """Return a line for every required setting that was not given."""
    clients = sorted({path[1] for path in given if path[0] == "clients"})
    return [
        f"{variable(path)}: is missing{leaf.hint and '; '}{leaf.hint}"
        for leaf in known
        if leaf.required or (not clients and leaf.path[-2:] == (ANY_NAME, "secrets"))
        for path in _concrete(leaf.path, clients or ["bank"] * (not leaf.required))
        if path not in given
    ]


def lines_of(error: ValidationError, given: Layer) -> list[str]:
    """Return a line per fault, under the name the user wrote. Missing settings are left to `missing`."""
    return [f"{_name(path, given)}: {fault}" for path, fault in faults_of(error) if fault != _WORDS["missing"]]


def faults_of(error: ValidationError, *, places: bool = False) -> Iterator[tuple[Where, str]]:
    """Yield path and description of every fault, without the input.

    With `places` a path includes positions in lists, from 0; otherwise it ends at the list.
    """
    for detail in error.errors(include_url=False, include_input=False):
        at = tuple(str(part) for part in detail["loc"] if part != "[key]" and (places or not isinstance(part, int)))
        faults: dict[str, str] | None = detail.get("ctx", {}).get("faults")
        if faults is None:
            yield at, words(detail)
        else:
            yield from (((*at, *field.split(".")), fault) for field, fault in faults.items())


def words(detail: ErrorDetails) -> str:
    """Return the library's message in our own wording."""
    cause: Any = detail.get("ctx", {}).get("error")
    if isinstance(cause, ValueError):
        return str(cause)
    known = _WORDS.get(detail["type"])
    if known is not None:
        return known
    text = detail["msg"].partition(", ")[0] if "parsing" in detail["type"] else detail["msg"]
    for opening in ("Input should ", "String should ", "Value should "):
        if text.startswith(opening):
            return f"must {text.removeprefix(opening)}"
    return text


def _concrete(path: Where, clients: Iterable[str]) -> Iterator[Where]:
    if ANY_NAME not in path:
        yield path
        return
    for client in clients:
        yield tuple(client if part == ANY_NAME else part for part in path)


def _name(path: Where, given: Layer) -> str:
    for end in range(len(path), 0, -1):
        if path[:end] in given:
            return given[path[:end]].name
    return variable(path)
