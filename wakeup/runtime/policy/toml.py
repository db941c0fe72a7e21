"""Read a TOML file into a part of the policy. Faults are reported with their line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from wakeup.domain.errors import ConfigError
from wakeup.runtime.policy.values import Part
from wakeup.runtime.settings.faults import faults_of
from wakeup.runtime.settings.sources import Where

P = TypeVar("P", bound=Part)
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


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
    """Return the line, from 1, of the longest part of `path` that the text names; None if it names none of it.

    Expects the layout of policy files: tables in brackets, a key at the beginning of a line, the tables of a list
    one per line.
    """
    wanted, best, at = tuple(path), 0, None
    table: Where = ()
    key: Where = ()
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


def _parts(dotted: str) -> Where:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
