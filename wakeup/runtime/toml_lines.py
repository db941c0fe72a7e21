"""On which line of a TOML file a value stands, so that a fault can be told with it. The text is known to be TOML."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
Path = tuple[str, ...]


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The line, from 1, of the longest part of `path` that the text names; None if it names none of it.

    Read as policy files are written: tables in brackets, a key at the beginning of a line, a list's tables one a line.
    """
    wanted, best, at = tuple(path), 0, None
    table: Path = ()
    key: Path = ()
    items = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if (header := _TABLE.match(line)) is not None:
            table = key = _parts(header[1])
        elif line.lstrip().startswith("{"):
            found = (*key, str(items))
            items += 1
            if wanted[: len(found)] == found and len(found) > best:
                best, at = len(found), number
            continue
        elif (given := _KEY.match(line)) is not None:
            key, items = (*table, *_parts(given[1])), 0
        else:
            continue
        if wanted[: len(key)] == key and len(key) > best:
            best, at = len(key), number
    return at


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
