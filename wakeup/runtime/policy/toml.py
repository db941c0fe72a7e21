"""Read a TOML file into a part of the policy. Faults are reported with their line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from wakeup.domain.errors import ConfigError
from wakeup.runtime.policy.values import Part
from wakeup.runtime.settings.faults import faults_of
from wakeup.runtime.settings.sources import Where

P = TypeVar("P", bound=Part)
_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_TOKEN = re.compile(r"""\"{3}(?:\\.|[^\\])*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'[^']*'|\#[^\n]*|\n|[^\s]""", re.DOTALL)
"""A string, a comment, the end of a line, or a sign."""


def read_toml(path: Path, setting: str, kind: type[P], *, parse_float: Callable[[str], Any] = float) -> tuple[P, bytes]:
    """Return what the file says, and its bytes. Raises ConfigError with a line per fault.

    A fault gives file and line, key path, and what is wrong. If the file cannot be opened, it gives the absolute
    path and the setting that names the file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{setting}: {path.absolute()}: cannot be read: {error.strerror}"]) from None
    try:
        text = raw.decode()
        return kind.model_validate(tomllib.loads(text, parse_float=parse_float)), raw
    except UnicodeDecodeError:
        raise ConfigError([f"{path.name}: is not UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path.name}: is not TOML: {error}"]) from None
    except ValidationError as error:
        raise ConfigError([_told(path.name, text, at, fault) for at, fault in faults_of(error, places=True)]) from None


def _told(name: str, text: str, at: Where, fault: str) -> str:
    line = _line_of(text, at)
    return f"{name}{'' if line is None else f':{line}'}: {'.'.join(at)}: {fault}"


def _line_of(text: str, path: Sequence[str]) -> int | None:
    """Return the line, from 1, of the longest part of `path` that the text names; None if it names none of it."""
    wanted, best, line = tuple(path), 0, None
    for named, at in _named(text):
        if wanted[: len(named)] == named and len(named) > best:
            best, line = len(named), text.count("\n", 0, at) + 1
    return line


def _named(text: str) -> Iterator[tuple[Where, int]]:
    """Yield the path and the place of every table, key and item of a list. The text is TOML that was read already."""
    table: Where = ()
    lists: dict[Where, int] = {}
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        if (header := _HEADER.match(text, at, end)) is not None:
            table = _table(lists, _parts(header[2]), is_item=header[1] == "[[")
            yield table, at
        elif (given := _KEY.match(text, at, end)) is not None:
            key, signs = (*table, *_parts(given[1])), list(_signs(text, given.end()))
            yield key, at
            yield from _items(signs, key)
            last, place = signs[-1]
            end = text.find("\n", place + len(last)) + 1 or len(text)
        at = end


def _table(lists: dict[Where, int], parts: Where, *, is_item: bool) -> Where:
    """Return the path of a table: within a list of tables it belongs to the last one. `lists` counts their tables."""
    table: Where = ()
    for n, part in enumerate(parts, start=1):
        table = (*table, part)
        if is_item and n == len(parts):
            lists[table] = lists.get(table, -1) + 1
        if table in lists:
            table = (*table, str(lists[table]))
    return table


def _signs(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield the signs of a value, and where they stand."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        sign = token[0]
        depth += (sign in {"[", "{"}) - (sign in {"]", "}"})
        if sign == "\n" and depth == 0:
            return
        if not sign.startswith(("\n", "#")):
            yield sign, token.start()


def _items(signs: Sequence[tuple[str, int]], key: Where) -> Iterator[tuple[Where, int]]:
    """Yield the items of a list, and of lists within it. A table within a list stands on one line."""
    open_: list[int | None] = []
    is_next = False
    for sign, place in signs:
        if sign in {"]", "}"}:
            open_.pop()
        elif None not in open_ and sign != "," and is_next:
            yield (*key, *map(str, open_)), place
        elif open_ and open_[-1] is not None and sign == ",":
            open_[-1] += 1
        if sign in {"[", "{"}:
            open_.append(None if sign == "{" or None in open_ else 0)
        is_next = sign in {"[", ","}


def _parts(dotted: str) -> Where:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
